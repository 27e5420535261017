import { expect, test } from 'vitest'
import { figuresOf } from './report.ts'

const difference = { host: 'web1', name: 'package', key: 'nginx', a: '1', b: '2', reason: '' } as const
const since = { a: undefined, b: undefined }

test('only what is undeclared counts', () => {
  const differences = (['undeclared', 'allowed', 'explained'] as const).map((kind) => ({
    ...difference,
    kind,
    since,
  }))
  const places = [{ host: 'web1', facts: { package: 3 }, differences }]
  expect(figuresOf({ score: 66.6, places }, 'prod')).toEqual([
    'parity.prod.score 66.6',
    'parity.prod.undeclared 1',
  ])
})
