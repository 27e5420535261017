import { expect, test } from 'vitest'
import type { Outcome } from './events.ts'
import { troubleOf } from './report.ts'

const outcomes = (...results: Outcome['result'][]) =>
  results.map((result, index) => ({ host: `h${index}`, result, changes: 0, ms: 1 }))

test.each([
  [['changed', 'unchanged'], undefined],
  [['changed', 'unreachable'], 'partial'],
  [['unreachable', 'failed'], 'failed'],
  [['changed', 'unreachable', 'refused'], 'refused'],
  [['locked', 'failed'], 'locked'],
  [['interrupted', 'refused'], 'interrupted'],
] as const)('%j ends as %s', (results, trouble) => {
  expect(troubleOf({ outcomes: outcomes(...results), verdicts: [] })).toBe(trouble)
})

test('a red probe alone is a failure', () => {
  const probe = {
    kind: 'http',
    name: 'http www',
    from: 'operator',
    to: 'lb',
    expect: 'answers',
    isFast: true,
    spec: {},
  } as const
  expect(
    troubleOf({ outcomes: outcomes('changed'), verdicts: [{ probe, ok: false, ms: 3, detail: '503' }] }),
  ).toBe('failed')
})
