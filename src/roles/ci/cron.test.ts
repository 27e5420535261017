import { expect, test } from 'vitest'
import { problemOfCron } from './cron.ts'

test.each(['* * * * *', '0 4 * * 1-5', '*/15 8-18/2 1,15 12 7', '59 23 31 1 0'])(
  '%s is a schedule',
  (schedule) => {
    expect(problemOfCron(schedule)).toBeUndefined()
  },
)

test.each([
  ['daily', 'must be five fields: minute, hour, day, month, day of the week; it has 1'],
  ['0  4 * * *', 'must be five fields: minute, hour, day, month, day of the week; it has 6'],
  ['60 4 * * *', '"60" is no minute (0 to 59, *, a-b, */n, a,b)'],
  ['0 4 0 * *', '"0" is no day of the month (1 to 31, *, a-b, */n, a,b)'],
  ['0 4 * * mon', '"mon" is no day of the week (0 to 7, *, a-b, */n, a,b)'],
  ['0 9-8 * * *', '"9-8" is no hour (0 to 23, *, a-b, */n, a,b)'],
  ['*/0 * * * *', '"*/0" is no minute (0 to 59, *, a-b, */n, a,b)'],
  ['1,,2 * * * *', '"1,,2" is no minute (0 to 59, *, a-b, */n, a,b)'],
])('%s is none, and why is said', (schedule, problem) => {
  expect(problemOfCron(schedule)).toBe(problem)
})
