/** What was done to an environment: one JSON line for each run that ended, and the number of the last that began. */
import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { replaceFile } from '../transports/replace-file.ts'
import type { Outcome } from './events.ts'

/** One run. */
export interface JournalEntry {
  readonly run: number
  /** What the operator typed. */
  readonly command: string
  readonly user: string
  /** ISO 8601, UTC. */
  readonly started: string
  readonly ended: string
  /** `done`, or the code of the error that ended it. */
  readonly result: string
  readonly outcomes: readonly Outcome[]
}

/**
 * Takes the next run number: above every number taken here before, also by runs that crashed, and above `seen`,
 * the highest that any of the hosts remembers. For the holder of the environment's lock.
 */
export async function nextRun(stateDir: string, seen = 0): Promise<number> {
  const file = join(stateDir, 'run')
  const last = Number(await readIfThere(file)) || 0
  const next = Math.max(last, seen) + 1
  await replaceFile(file, `${next}\n`)
  return next
}

/** Writes down a run that ended. */
export async function appendJournal(stateDir: string, entry: JournalEntry): Promise<void> {
  await using file = await open(join(stateDir, 'journal.jsonl'), 'a+', 0o600)
  const { size } = await file.stat()
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, Math.max(size - 1, 0))
  // What a crash left half-written must not take this entry with it.
  const isTorn = size > 0 && buffer.toString() !== '\n'
  await file.appendFile(`${isTorn ? '\n' : ''}${JSON.stringify(entry)}\n`)
  await file.sync()
}

/** All runs that ended, oldest first; lines that a crash tore are left out. */
export async function readJournal(stateDir: string): Promise<readonly JournalEntry[]> {
  const text = await readIfThere(join(stateDir, 'journal.jsonl'))
  return text.split('\n').flatMap(parseEntry)
}

function parseEntry(line: string): readonly JournalEntry[] {
  try {
    const entry: unknown = JSON.parse(line)
    return typeof entry === 'object' && entry !== null && 'run' in entry ? [entry as JournalEntry] : []
  } catch {
    return []
  }
}

async function readIfThere(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
}
