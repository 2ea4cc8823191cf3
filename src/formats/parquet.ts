/** Apache Parquet tables (parquet.apache.org), for embeddings on their way into data frames. The writer loads on first use. */
import type { SchemaElement } from 'hyparquet-writer'

export type ParquetColumn =
  | { readonly name: string; readonly type: 'text'; readonly values: readonly string[] }
  | { readonly name: string; readonly type: 'integer' | 'number'; readonly values: readonly number[] }
  /** A list of float32 numbers per row. */
  | { readonly name: string; readonly type: 'vector'; readonly values: readonly Float32Array[] }

/** A table of columns of one length, none of them with gaps; vectors are lists of `float`. */
export async function writeParquet(columns: readonly ParquetColumn[]): Promise<Uint8Array<ArrayBuffer>> {
  const { parquetWriteBuffer } = await import('hyparquet-writer')
  const columnData = columns.map(({ name, type, values }) => ({
    name,
    data: type === 'vector' ? values.map((vector) => Array.from(vector)) : [...values],
  }))
  return new Uint8Array(
    parquetWriteBuffer({
      columnData,
      schema: [{ name: 'root', num_children: columns.length }, ...columns.flatMap(schemaOf)],
    }),
  )
}

function schemaOf({ name, type }: ParquetColumn): SchemaElement[] {
  const repetition_type = 'REQUIRED'
  switch (type) {
    case 'text':
      return [{ name, type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type }]
    case 'integer':
      return [{ name, type: 'INT32', repetition_type }]
    case 'number':
      return [{ name, type: 'DOUBLE', repetition_type }]
    case 'vector':
      return [
        { name, converted_type: 'LIST', repetition_type, num_children: 1 },
        { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
        { name: 'element', type: 'FLOAT', repetition_type },
      ]
  }
}
