/** `copse verify ENV`: asks every probe, positive and negative. */
import { writeFile } from 'node:fs/promises'
import { verify } from '../../engine/verify.ts'
import { CopseError, exitCodes } from '../../lib/errors.ts'
import { defineCommand } from '../command.ts'
import { verifyDocument } from '../documents.ts'
import { formatDuration } from '../duration.ts'
import { withEnvironment } from '../environment.ts'
import { type HostFlags, hostFlags, type SessionFlags, sessionFlags } from '../flags.ts'
import { renderJunit } from '../render-junit.ts'
import { renderVerdicts, verdictCount } from '../render-verdict.ts'
import { printDocument } from '../schemas.ts'

interface VerifyFlags extends HostFlags, SessionFlags {
  readonly junit?: string
}

export const command = defineCommand<VerifyFlags>({
  words: ['ENV'],
  flags: [
    ...hostFlags,
    ...sessionFlags,
    { flags: '--junit <FILE>', description: 'also write the verdicts as JUnit XML' },
  ],
  more: 'With -l only the probes that ask about these hosts. Exit codes: 0 all green, 1 something is red.',
  run: (invocation) =>
    withEnvironment(invocation, async ({ session, hosts }) => {
      const { screen, flags } = invocation
      const verdicts = await verify(session, { hosts, fastOnly: false })
      const { name } = session.desired.environment
      if (flags.junit !== undefined) await save(flags.junit, renderJunit(name, verdicts))
      if (flags.json) printDocument(screen, 'verify', verifyDocument(name, verdicts))
      else {
        screen.print(renderVerdicts(verdicts, screen.paint))
        screen.print(`${verdictCount(verdicts)} in ${formatDuration(performance.now())}.\n`)
      }
      return verdicts.every(({ ok }) => ok) ? 0 : exitCodes.failed
    }),
})

async function save(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text)
  } catch (cause) {
    throw new CopseError('failed', `the verdicts could not be written to ${file}`, {
      hint: cause instanceof Error ? cause.message : String(cause),
      cause,
    })
  }
}
