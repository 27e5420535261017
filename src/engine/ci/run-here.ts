/**
 * The job `rebuild` of the CI host, run beside it: on a machine that is made for that as the CI host's is, and destroyed
 * afterwards. It needs nothing but the environment's box, and reads no secret.
 */
import { CopseError } from '../../lib/errors.ts'
import { git, isInWorkTree } from '../apps/git.ts'
import { packSource } from '../apps/source.ts'
import type { Outcome } from '../events.ts'
import type { ChangeOptions } from '../options.ts'
import { asRun } from '../run.ts'
import type { Session } from '../session.ts'
import { buildEach, type Sourced } from './build-each.ts'
import type { Build } from './builds.ts'
import { hostOfOwnJob } from './own-job.ts'
import { machineName, throwaway } from './throwaway.ts'

export interface RunHereOptions extends Pick<ChangeOptions, 'lockTimeoutMs' | 'command'> {
  readonly job: string
  /** A branch, tag or commit; default: as the config says, which is the folder as it is where that names none. */
  readonly ref: string | undefined
  /** Told each line as it comes. */
  hear(line: string): void
}

/** What a run came to, as the builds of the CI host are told. */
export interface RunHere {
  readonly build: Build
  /** The artifact of each app, by its name; of none where the build is red. */
  readonly artifacts: ReadonlyMap<string, string>
}

/** Builds and tests each app, until one is red. Throws CopseError where there is nothing to run, or nowhere. */
export async function runHere(session: Session, options: RunHereOptions): Promise<RunHere> {
  const { environment } = session.desired
  const host = hostOfOwnJob(session.desired, options.job)
  if (!session.provider.makesMachines)
    throw new CopseError(
      'usage',
      `there is nowhere to run ${options.job}: the servers of ${environment.name} are your own, and copse makes no machine beside them`,
      {
        hint: `on the CI host: copse ci start ${environment.name} ${options.job}; here: an environment on a box, with machines: incus()`,
      },
    )
  return asRun(session, options, async (run) => {
    const began = { at: new Date(), ms: performance.now() }
    await using sources = await checkOut(session, options)
    await using machine = await throwaway(session, host, run.number)
    const { signal } = session.context
    const work = { sources: sources.all, signal, hear: options.hear }
    const built = await buildEach(machine.transport, work)
    const ms = Math.round(performance.now() - began.ms)
    const build: Build = {
      ...{ id: run.number, job: options.job, number: run.number, url: '' },
      branch: options.ref ?? (await branchOf(session)),
      commit: commitOf(sources.all.map(({ source }) => source.commit)),
      result: built.trouble === undefined ? 'success' : 'failure',
      ...{ started: began.at, seconds: Math.round(ms / 1000), tests: built.tests },
    }
    return { build, artifacts: built.artifacts, verdicts: [], outcomes: outcomesOf(built.trouble, ms) }
  })
}

/** A red build is a run that failed. */
function outcomesOf(detail: string | undefined, ms: number): readonly Outcome[] {
  return detail === undefined ? [] : [{ host: machineName, result: 'failed', changes: 0, ms, detail }]
}

interface Sources extends AsyncDisposable {
  readonly all: readonly Sourced[]
}

/** What cannot be read is said before a machine is made. */
async function checkOut(session: Session, { ref, hear }: RunHereOptions): Promise<Sources> {
  await using stack = new AsyncDisposableStack()
  const all: Sourced[] = []
  hear('$ checkout')
  for (const app of session.desired.environment.apps) {
    const from = { ...app.source, ref: ref ?? app.source.ref }
    const source = stack.use(await packSource({ ...app, source: from }, session.context.signal))
    all.push({ app, source })
    hear(`${app.name}: ${from.ref ?? 'the folder as it is'}, ${source.commit}`)
  }
  const kept = stack.move()
  return { all, [Symbol.asyncDispose]: () => kept.disposeAsync() }
}

/** Of the repository that apps are in; empty where there is none, or no branch is checked out. */
async function branchOf({ desired: { environment }, context }: Session): Promise<string> {
  const folder = environment.apps.map(({ source }) => source.folder).find(isInWorkTree)
  if (folder === undefined) return ''
  return (await git(folder, ['branch', '--show-current'], context.signal)).toString().trim()
}

/** One for all sources where they are of the same commit, with `+` where any differs from it. Pure. */
export function commitOf(commits: readonly string[]): string {
  const known = commits.filter((commit) => commit !== '-')
  const ids = [...new Set(known.map((commit) => commit.replace(/\+$/, '')))]
  return ids.map((id) => (known.includes(`${id}+`) ? `${id}+` : id)).join(' ')
}
