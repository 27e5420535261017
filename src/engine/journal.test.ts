import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { appendJournal, type JournalEntry, nextRun, readJournal } from './journal.ts'

let stateDir = ''
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'journal-'))
})
afterEach(() => rm(stateDir, { recursive: true }))

const entry = (run: number): JournalEntry => ({
  run,
  command: 'copse up dev',
  user: 'ana',
  started: '2026-11-24T00:00:00.000Z',
  ended: '2026-11-24T00:00:05.000Z',
  result: 'done',
  outcomes: [{ host: 'web1', result: 'changed', changes: 2, ms: 1900 }],
})

test('an environment without runs has an empty journal', async () => {
  expect(await readJournal(stateDir)).toEqual([])
})

test('entries are read as they were written, in order', async () => {
  await appendJournal(stateDir, entry(1))
  await appendJournal(stateDir, entry(2))
  expect(await readJournal(stateDir)).toEqual([entry(1), entry(2)])
})

test('a line that a crash tore is left out, and the next run is not lost with it', async () => {
  await appendJournal(stateDir, entry(1))
  await appendFile(join(stateDir, 'journal.jsonl'), '{"run":2,"comm')
  expect(await readJournal(stateDir)).toEqual([entry(1)])
  await appendJournal(stateDir, entry(3))
  await appendJournal(stateDir, entry(4))
  expect(await readJournal(stateDir)).toEqual([entry(1), entry(3), entry(4)])
})

test('each entry is one line', async () => {
  await appendJournal(stateDir, { ...entry(1), command: 'copse\nup' })
  expect((await readFile(join(stateDir, 'journal.jsonl'), 'utf8')).split('\n')).toHaveLength(2)
})

test('run numbers grow, also when a run was never written down', async () => {
  expect([await nextRun(stateDir), await nextRun(stateDir), await nextRun(stateDir)]).toEqual([1, 2, 3])
})

test('run numbers pass what a host has seen from elsewhere', async () => {
  expect(await nextRun(stateDir, 41)).toBe(42)
  expect(await nextRun(stateDir, 7)).toBe(43)
})
