import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseCsv, writeCsv } from './csv'

test('quotes, commas and line breaks inside fields, every line ending, and line numbers', () => {
  const text = '\ufefffile,label\r\na.mp4,"rain, heavy"\n"b ""2"".mp4","two\r\nlines"\r\r\nc.mp4,\n'
  expect(parseCsv(text)).toEqual([
    { line: 1, fields: ['file', 'label'] },
    { line: 2, fields: ['a.mp4', 'rain, heavy'] },
    { line: 3, fields: ['b "2".mp4', 'two\r\nlines'] },
    { line: 6, fields: ['c.mp4', ''] },
  ])
  expect(parseCsv('')).toEqual([])
  expect(parseCsv('a,b')).toEqual([{ line: 1, fields: ['a', 'b'] }])
})

test('a broken quote is named with its line', () => {
  expect(() => parseCsv('a,b\n"c,d\ne,f\n')).toThrow('Line 2: a quoted field does not end')
  expect(() => parseCsv('a,b\n"c"d,e\n')).toThrow('Line 2: text follows a closing quote')
})

test('every table of texts reads back as it was written', () => {
  const field = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r', ' ', '\ufeff', 'é') })
  fc.assert(
    fc.property(fc.array(fc.array(field, { minLength: 1, maxLength: 4 }), { maxLength: 6 }), (rows) => {
      expect(parseCsv(writeCsv(rows)).map((row) => row.fields)).toEqual(rows)
    }),
  )
})

test('numbers are written so that they read back exactly', () => {
  expect(writeCsv([[0.1, 1e-7, -3, 'x']])).toBe('0.1,1e-7,-3,x\n')
})
