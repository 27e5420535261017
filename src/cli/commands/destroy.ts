/** `copse destroy ENV [HOST...]`: destroys machines. */
import { destroy } from '../../engine/destroy.ts'
import { forgetEnvironment } from '../../engine/forget.ts'
import { troubleOf } from '../../engine/report.ts'
import type { Session } from '../../engine/session.ts'
import { CopseError, exitCodes } from '../../lib/errors.ts'
import { consentTo } from '../change-options.ts'
import { defineCommand, type Invocation } from '../command.ts'
import { outcomeEntries } from '../documents.ts'
import { type Opened, withEnvironment } from '../environment.ts'
import { type RunFlags, runFlags } from '../flags.ts'
import { renderDestroyed, renderDoomed, renderDoomedPackages, renderLeftPackages } from '../render-destroy.ts'
import { printDocument } from '../schemas.ts'
import { count } from '../table.ts'

interface DestroyFlags extends RunFlags {
  readonly data: boolean
  readonly purge: boolean
  readonly packages: boolean
}

export const command = defineCommand<DestroyFlags>({
  words: ['ENV', '[HOST...]'],
  flags: [
    ...runFlags,
    { flags: '--data', description: 'also the data volumes of the named hosts', initial: false },
    {
      flags: '--purge',
      description: 'also what copse made on the box for them: network, images, engine, keys, history',
      initial: false,
    },
    {
      flags: '--packages',
      description: 'with --purge: also the packages that copse installed on the box',
      initial: false,
    },
  ],
  more: `Examples:
  copse destroy dev && copse up dev   everything anew
  copse destroy dev web2              one machine
Data volumes of named hosts are kept, and used again by their next machines; without names they are deleted too.
It asks where data is deleted or the environment is protected. Servers that copse did not make are never destroyed.`,
  async run(invocation) {
    const { flags, words } = invocation
    if (flags.packages && !flags.purge)
      throw new CopseError('usage', '--packages goes with --purge', {
        hint: `copse destroy ${words[0] ?? 'ENV'} --purge --packages`,
      })
    return withEnvironment(invocation, (opened) => destroyAndSay(invocation, opened), {
      names: words.slice(1),
    })
  },
})

async function destroyAndSay(
  invocation: Invocation<DestroyFlags>,
  { session, hosts }: Opened,
): Promise<number> {
  const { screen, flags, words, typed } = invocation
  const { environment } = session.desired
  const packages = flags.purge ? await purgeable(session) : []
  if (flags.packages && !flags.json) screen.print(renderDoomedPackages(packages, screen.paint))
  const isWhole = words.length - 1 + flags.limit.length + flags.exclude.length === 0
  const outcomes = await destroy(session, {
    hosts: isWhole ? 'all' : hosts,
    data: flags.data,
    purge: flags.purge,
    lockTimeoutMs: flags.lockTimeout,
    command: typed,
    async consent(doomed) {
      if (!flags.json) screen.print(renderDoomed(environment, doomed, screen.paint))
      const data = doomed.volumes.map(({ host, name }) => `${name} of ${host}`).join(', ')
      await consentTo(invocation, environment, data === '' ? undefined : `this deletes data: ${data}`)
      return true
    },
  })
  const report = { environment: environment.name, outcomes: outcomeEntries(outcomes), packages }
  if (flags.json) printDocument(screen, 'destroy', report)
  else screen.print(renderDestroyed(outcomes, { ms: performance.now(), paint: screen.paint }))
  const trouble = troubleOf({ outcomes, verdicts: [] })
  if (trouble) return exitCodes[trouble]
  if (flags.purge) await finishPurge(invocation, session, packages)
  return 0
}

/** Packages that copse installed on the box of the environment. */
async function purgeable({ provider, providerContext }: Session): Promise<string[]> {
  return [...((await provider.packages?.list(providerContext)) ?? [])]
}

/** What is of no use once nothing of the environment is left. */
async function finishPurge(
  { flags, screen, typed }: Invocation<DestroyFlags>,
  session: Session,
  packages: readonly string[],
): Promise<void> {
  const { provider, providerContext, desired } = session
  if (provider.makesMachines) await forgetEnvironment(session, typed)
  if (packages.length === 0) return
  if (!flags.packages) return screen.note(renderLeftPackages(desired.environment, packages))
  await provider.packages?.remove(providerContext)
  screen.note(`Removed ${count(packages.length, 'package')}.\n`)
}
