import { expect, test } from 'vitest'
import { BuildLines } from './build-lines.ts'

const artifact = 'a'.repeat(64)

/** What is told of these lines, and what comes of them. */
function read(...said: readonly string[]) {
  const told: string[] = []
  const lines = new BuildLines('www', (line) => told.push(line))
  for (const line of said) lines.take(line)
  return { told, end: () => lines.end(), report: lines.report }
}

test('steps are told as a shell would show them, and what the program says for itself is not', () => {
  const { told, end } = read(
    ...['copse-step 1 npm ci', 'copse-alive', 'added 9 packages', 'copse-step test npm  test', 'ok'],
    ...['copse-report /srv/artifacts/reports/k.xml', `copse-artifact ${artifact} 42 built`, 'copse-end 0'],
  )
  expect(told).toEqual(['$ npm ci', 'added 9 packages', '$ npm  test', 'ok'])
  expect(end()).toEqual({ artifact, bytes: 42, isKnown: false })
})

test('the report of its test is where the program keeps reports, and nowhere else', () => {
  const path = `/srv/artifacts/reports/${artifact}.xml`
  expect(read('copse-report /etc/shadow', `copse-report ${path}`).report).toBe(path)
  expect(read('copse-report /etc/shadow').report).toBeUndefined()
  expect(read(`copse-report /srv/artifacts/reports/../${artifact}.xml`).report).toBeUndefined()
})

test('a build that was not needed says so', () => {
  expect(read(`copse-artifact ${artifact} 42 known`, 'copse-end 0').end().isKnown).toBe(true)
})

test('a failed step is named, with the last that it said', () => {
  const many = Array.from({ length: 30 }, (_, index) => `line ${index}`)
  const { end } = read(
    'copse-step 1 a',
    'old',
    'copse-step 2 b c',
    ...many,
    'copse-failed 2 3 b c',
    'copse-end 1',
  )
  expect(end).toThrow(
    expect.objectContaining({
      code: 'failed',
      message: `www was not built: step 2 (b c) ended with code 3\n${many.slice(-20).join('\n')}`,
    }),
  )
})

test.each([
  ['copse-failed test 1 npm test', 'its test (npm test) ended with code 1'],
  ['copse-failed 1 timeout npm ci', 'step 1 (npm ci) took longer than it may'],
  ['copse-failed 1 oom-kill npm ci', 'step 1 (npm ci) needed more memory than it may have'],
  ['copse-failed 1 signal npm ci', 'step 1 (npm ci) was ended: signal'],
])('%s', (line, why) => {
  expect(read(line, 'copse-end 1').end).toThrow(`www was not built: ${why}`)
})

test('a build cannot claim to have made something: what the program itself ends with counts', () => {
  expect(
    read(`copse-artifact ${artifact} 1 built`, 'copse-end 0', 'copse-failed 1 1 x', 'copse-end 1').end,
  ).toThrow('www was not built')
  expect(read(`copse-artifact ${artifact} 1 built`).end).toThrow('the build was cut off')
})
