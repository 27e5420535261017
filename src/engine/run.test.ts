import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readJournal } from './journal.ts'
import { asRun } from './run.ts'

let stateDir = ''
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'run-'))
})
afterEach(() => rm(stateDir, { recursive: true }))

const options = { lockTimeoutMs: 1000, command: 'copse up dev' }
const session = () => ({
  context: { stateDir, signal: new AbortController().signal, emit: () => undefined },
})

/** The numbers that a run had: at first, and once it knew what hosts have seen. */
async function numbers(seen: number): Promise<readonly number[]> {
  const had: number[] = []
  await asRun(session(), options, async (run) => {
    had.push(run.number)
    await run.raise(seen)
    had.push(run.number)
    return { outcomes: [], verdicts: [] }
  })
  return had
}

test('a run takes a number above what hosts have seen of another operator, and so does the next one', async () => {
  expect(await numbers(0)).toEqual([1, 1])
  expect(await numbers(41)).toEqual([2, 42])
  expect(await numbers(42)).toEqual([43, 43])
  expect((await readJournal(stateDir)).map(({ run }) => run)).toEqual([1, 42, 43])
})
