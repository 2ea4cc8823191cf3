import { expect, it } from 'vitest'
import type { Target } from '../gpu/operator'
import { describeVariants, parseVariants, variantFamilies } from './variants'

const target = (table: Readonly<Record<string, string>>): Target => ({
  kind: 'gpu',
  subgroupSizes: null,
  maxWorkgroupsPerDimension: 65_535,
  workgroupStorage: 16_384,
  choice: { table, excluded: [] },
})

it('the description of a choice names every family once, and changes with the table', () => {
  const fixed = describeVariants(target({}))
  for (const { name } of variantFamilies) expect(fixed.match(new RegExp(`\\b${name}=`, 'g'))).toHaveLength(1)
  expect(describeVariants(target({ matmul: 'registers' }))).not.toBe(fixed)
})

it('tells shape classes apart where their variants differ, and only there', () => {
  expect(describeVariants(target({ 'matmul/tn': 'registers' }))).toContain(
    'matmul/nt=workgroup matmul/nn=workgroup matmul/tn=registers',
  )
  const everywhere = { 'matmul/nt': 'registers', 'matmul/nn': 'registers', 'matmul/tn': 'registers' }
  expect(describeVariants(target(everywhere))).toContain('matmul=registers')
})

it('a choice read back from its description is the same choice', () => {
  const tables: Record<string, string>[] = [{}, { matmul: 'registers' }, { 'matmul/nn': 'registers' }]
  for (const table of tables) {
    const described = describeVariants(target(table))
    expect(describeVariants(target(parseVariants(described)))).toBe(described)
  }
})
