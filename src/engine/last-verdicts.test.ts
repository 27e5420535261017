import { expect, test } from 'vitest'
import { parseLastVerdicts } from './last-verdicts.ts'

const line = (name: string, state: string, since: number, detail: string) =>
  [name, 'web1', 'web1', 'answers', state, '20', '1000', String(since), '3', detail].join('\t')

test('what is green is counted, what is red is told with since when', () => {
  const output = `1060\n1000\n${line('unit nginx', 'red', 880, 'failed')}\n${line('unit ssh', 'green', 0, 'active')}\n`
  expect(parseLastVerdicts(output)).toEqual({
    age: 60,
    isStale: false,
    green: 1,
    red: [
      { probe: 'unit nginx', from: 'web1', to: 'web1', expect: 'answers', seconds: 180, detail: 'failed' },
    ],
  })
})

test('what is older than three minutes is stale', () => {
  expect(parseLastVerdicts('1181\n1000\n')).toMatchObject({ isStale: true, green: 0 })
  expect(parseLastVerdicts('1180\n1000\n')).toMatchObject({ isStale: false })
})

test('a host that does not ask has none', () => {
  expect(parseLastVerdicts('1181\n')).toBeUndefined()
})
