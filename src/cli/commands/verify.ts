/** `copse verify ENV`: asks every probe, positive and negative. */
import { verify } from '../../engine/verify.ts'
import { watch } from '../../engine/watch.ts'
import { CopseError, exitCodes } from '../../lib/errors.ts'
import type { Verdict } from '../../model/probe.ts'
import { defineCommand, type Invocation } from '../command.ts'
import { verifyDocument } from '../documents.ts'
import { formatDuration } from '../duration.ts'
import { type Opened, withEnvironment } from '../environment.ts'
import { duration, type HostFlags, hostFlags, type SessionFlags, sessionFlags } from '../flags.ts'
import { renderJunit } from '../render-junit.ts'
import { renderVerdicts, verdictCount } from '../render-verdict.ts'
import { renderRound } from '../render-watch.ts'
import { saveText } from '../save-text.ts'
import { printDocument } from '../schemas.ts'

interface VerifyFlags extends HostFlags, SessionFlags {
  readonly junit?: string
  /** `true` without a duration of its own. */
  readonly watch?: number | true
}

export const command = defineCommand<VerifyFlags>({
  words: ['ENV'],
  flags: [
    ...hostFlags,
    ...sessionFlags,
    { flags: '--junit <FILE>', description: 'also write the verdicts as JUnit XML' },
    {
      flags: '--watch [DURATION]',
      description: 'ask again this long after each round, default 10s, until Ctrl-C, and print what changes',
      parse: duration,
    },
  ],
  more: `With -l only the probes that ask about these hosts. Exit codes: 0 all green, 1 something is red; with --watch as the
last whole round found it. What costs a host much, like a build of CI, is not asked in every round.`,
  run: (invocation) =>
    withEnvironment(invocation, async (opened) => {
      const { screen, flags } = invocation
      if (flags.watch !== undefined) return follow(invocation, opened, flags.watch)
      const { session, hosts } = opened
      const verdicts = await verify(session, { hosts, fastOnly: false })
      const { name } = session.desired.environment
      if (flags.junit !== undefined) await saveText('the verdicts', flags.junit, renderJunit(name, verdicts))
      if (flags.json) printDocument(screen, 'verify', verifyDocument(name, verdicts))
      else {
        screen.print(renderVerdicts(verdicts, screen.paint))
        screen.print(`${verdictCount(verdicts)} in ${formatDuration(performance.now())}.\n`)
      }
      return verdicts.every(({ ok }) => ok) ? 0 : exitCodes.failed
    }),
})

async function follow(
  { screen, flags }: Invocation<VerifyFlags>,
  { session, hosts }: Opened,
  every: number | true,
): Promise<number> {
  if (flags.json || flags.junit !== undefined)
    throw new CopseError('usage', '--watch prints what changes, as it changes', {
      hint: 'leave out --json and --junit',
    })
  let last: readonly Verdict[] | undefined
  for await (const round of watch(session, { hosts, everyMs: every === true ? usualPause : every })) {
    screen.print(renderRound({ before: last, round, at: new Date() }, screen.paint))
    last = round
  }
  if (!last) return exitCodes.interrupted
  return last.every(({ ok }) => ok) ? 0 : exitCodes.failed
}

const usualPause = 10_000
