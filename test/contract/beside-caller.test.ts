/** Paths that builders are given mean files beside whoever calls them; tests beside the builders cannot be such callers. */
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { archive, file } from '../../src/index.ts'

test('a path of the controller is relative to the file that names it', () => {
  const here = dirname(import.meta.filename)
  const things = [
    file('/a', { source: './x.conf' }),
    file('/a', { template: '../x.tmpl', values: {} }),
    archive('/a', { source: '/x.tar' }),
  ]
  expect(things.map(({ spec }) => Object(spec))).toEqual([
    expect.objectContaining({ source: { file: join(here, 'x.conf') } }),
    expect.objectContaining({ template: { file: join(here, '../x.tmpl'), values: {} } }),
    expect.objectContaining({ source: { file: '/x.tar' } }),
  ])
})
