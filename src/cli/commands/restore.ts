/** `copse restore ENV [DATA]`: brings kept data back, or proves that it could be. */
import {
  drill,
  listDumps,
  type RestorableData,
  type Restored,
  restorableOn,
  restore,
} from '../../engine/restore.ts'
import { CopseError, exitCodes } from '../../lib/errors.ts'
import { consentTo } from '../change-options.ts'
import { defineCommand, type Invocation } from '../command.ts'
import { type Opened, withEnvironment } from '../environment.ts'
import { type RunFlags, runFlags } from '../flags.ts'
import { renderDumps, renderRestored } from '../render-restore.ts'
import { printDocument } from '../schemas.ts'

interface RestoreFlags extends RunFlags {
  readonly list: boolean
  readonly drill: boolean
  readonly from?: string
}

export const command = defineCommand<RestoreFlags>({
  words: ['ENV', '[DATA]'],
  flags: [
    ...runFlags,
    { flags: '--list', description: 'only show the dumps that are kept', initial: false },
    {
      flags: '--drill',
      description: 'restore the newest dumps beside the data, compare, and remove them again',
      initial: false,
    },
    { flags: '--from <DUMP>', description: 'this dump, as --list names it; default: the newest' },
  ],
  more: `Examples:
  copse restore dev --list        every kept dump
  copse restore dev --drill       could each database be restored?
  copse restore dev repo --yes    the newest dump takes the place of the database
What the data was before is kept beside it until the next restore. Exit codes: 1 a drill is red, 5 not confirmed.`,
  run: (invocation) => withEnvironment(invocation, (opened) => run(invocation, opened)),
})

type Restoring = Invocation<RestoreFlags>

async function run(invocation: Restoring, opened: Opened): Promise<number> {
  const { flags, words } = invocation
  const { name } = opened.session.desired.environment
  if (flags.list && flags.drill) throw new CopseError('usage', '--list and --drill exclude each other')
  const all = restorableOn(opened.session, opened.hosts, words[1])
  const known = restorableOn(opened.session, opened.hosts).map((data) => data.name)
  if (all.length === 0)
    throw new CopseError(
      'usage',
      words[1] === undefined
        ? `nothing in ${name} has dumps`
        : `there are no dumps of ${words[1]} in ${name}`,
      {
        hint:
          known.length > 0
            ? `it has ${known.join(', ')}`
            : 'a role must keep some: postgres does, with backups',
      },
    )
  if (flags.list) return list(invocation, opened, all)
  return flags.drill ? drillAll(invocation, opened, all) : restoreOne(invocation, opened, all)
}

async function list({ flags, screen }: Restoring, { session }: Opened, all: readonly RestorableData[]) {
  const dumps = []
  for (const data of all)
    for (const dump of await listDumps(session, data))
      dumps.push({ host: data.host, name: data.name, ...dump })
  const { name: environment } = session.desired.environment
  if (flags.json)
    printDocument(screen, 'restore', {
      environment,
      dumps: dumps.map((dump) => ({ ...dump, made: dump.made.toISOString() })),
      results: [],
    })
  else screen.print(renderDumps(dumps, new Date()))
  return 0
}

async function drillAll(invocation: Restoring, { session }: Opened, all: readonly RestorableData[]) {
  const { flags, screen, typed } = invocation
  const results = await drill(session, all, {
    lockTimeoutMs: flags.lockTimeout,
    command: typed,
    onResult: (result) => flags.json || screen.print(renderRestored(result, screen.paint)),
  })
  return end(invocation, session.desired.environment.name, results)
}

async function restoreOne(invocation: Restoring, { session }: Opened, all: readonly RestorableData[]) {
  const { flags, words, screen, typed } = invocation
  const { environment } = session.desired
  const [data, another] = all
  if (words[1] === undefined || !data)
    throw new CopseError('usage', 'copse restore needs the name of what to restore', {
      hint: `copse restore ${environment.name} ${data?.name ?? 'NAME'}`,
    })
  if (another)
    throw new CopseError('usage', `${data.name} is on ${data.host} and on ${another.host}`, {
      hint: `choose one: copse restore ${environment.name} ${data.name} -l ${data.host}`,
    })
  const result = await restore(session, data, {
    lockTimeoutMs: flags.lockTimeout,
    command: typed,
    dump: flags.from,
    consent: () =>
      consentTo(invocation, environment, `this replaces the data of ${data.name} on ${data.host}`),
  })
  if (!flags.json) screen.print(renderRestored(result, screen.paint))
  return end(invocation, environment.name, [result])
}

function end({ flags, screen }: Restoring, environment: string, results: readonly Restored[]): number {
  if (flags.json)
    printDocument(screen, 'restore', {
      environment,
      dumps: [],
      results: results.map(({ host, name, ok, detail, ms }) => ({ host, name, ok, detail, ms })),
    })
  return results.every(({ ok }) => ok) ? 0 : exitCodes.failed
}
