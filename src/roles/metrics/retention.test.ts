import { expect, test } from 'vitest'
import { bytesPerSeries, daysKept, parseRetention } from './retention.ts'

const archives = (text: string) => {
  const parsed = parseRetention(text)
  return typeof parsed === 'string' ? expect.fail(parsed) : parsed
}

test('a retention is a list of rings', () => {
  expect(archives('10s:2h, 1m:2d,10m:30d')).toEqual([
    { step: 10, points: 720 },
    { step: 60, points: 2880 },
    { step: 600, points: 4320 },
  ])
})

test('the default takes 95 kB a series for 30 days, a year of 10 minutes eight times as much', () => {
  const usual = archives('10s:2h,1m:2d,10m:30d')
  expect([bytesPerSeries(usual), daysKept(usual)]).toEqual([95_092, 30])
  expect(bytesPerSeries(archives('10s:6h,1m:7d,10m:1y'))).toBe(777_652)
})

test.each([
  ['1m:2d', 'the first step must be 10s, which is how often values come; 1m:2d would lose some'],
  ['10s:2h,15s:2d', 'the step of 15s:2d must be a multiple of 10s, the finer one before it'],
  ['10s:2h,10s:2d', 'the step of 10s:2d must be a multiple of 10s, the finer one before it'],
  ['10s:2h,1m:1h', '1m:1h must reach further back than the finer one'],
  ['10s:1m,10m:30d', 'what is before 10m:30d must reach over one of its steps at least'],
  ['10s:5s', '10s:5s must keep one point at least'],
  ['0s:0s', '0s:0s must keep one point at least'],
  ['10s:2h,', '"" must be a step and how long it is kept, such as 10s:2h'],
  ['10s', '"10s" must be a step and how long it is kept, such as 10s:2h'],
])('%s is refused', (text, problem) => {
  expect(parseRetention(text)).toBe(problem)
})
