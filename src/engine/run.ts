/** A run: one change of an environment at a time, numbered, and written down when it ends. */
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { CopseError } from '../lib/errors.ts'
import { appendJournal, nextRun } from './journal.ts'
import { acquireLock } from './lock.ts'
import type { ChangeOptions } from './options.ts'
import { troubleOf, type UpReport } from './report.ts'
import type { Session } from './session.ts'
import { makeStateDirectory } from './state.ts'

export interface Run {
  /** Grows with every run of the environment; hosts refuse a lower one. */
  readonly number: number
  /** Takes a higher number where hosts have seen this one: they were changed by an operator with another state directory. */
  raise(seen: number): Promise<void>
}

/** Holds the environment's lock while `work` runs, and journals how it ended, also when it throws. */
export async function asRun<Report extends Pick<UpReport, 'outcomes' | 'verdicts'>>(
  session: Pick<Session, 'context'>,
  options: Pick<ChangeOptions, 'lockTimeoutMs' | 'command'>,
  work: (run: Run) => Promise<Report>,
): Promise<Report> {
  const { stateDir, signal } = session.context
  await makeStateDirectory(stateDir)
  const { lockTimeoutMs: timeoutMs, command } = options
  await using _lock = await acquireLock(join(stateDir, 'lock'), { holder: command, timeoutMs, signal })
  const run = await startRun(stateDir)
  const entry = { command, user: userInfo().username, started: new Date().toISOString() }
  const ended = (result: string, outcomes: Report['outcomes']) =>
    appendJournal(stateDir, { run: run.number, ...entry, ended: new Date().toISOString(), result, outcomes })
  try {
    const report = await work(run)
    await ended(troubleOf(report) ?? 'done', report.outcomes)
    return report
  } catch (error) {
    await ended(error instanceof CopseError ? error.code : 'fault', [])
    throw error
  }
}

async function startRun(stateDir: string): Promise<Run> {
  let number = await nextRun(stateDir)
  return {
    get number() {
      return number
    },
    async raise(seen) {
      if (seen >= number) number = await nextRun(stateDir, seen)
    },
  }
}
