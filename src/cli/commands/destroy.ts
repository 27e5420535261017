/** `copse destroy ENV [HOST...]`: destroys machines. */
import { destroy } from '../../engine/destroy.ts'
import { troubleOf } from '../../engine/report.ts'
import { exitCodes } from '../../lib/errors.ts'
import { consentTo } from '../change-options.ts'
import { defineCommand } from '../command.ts'
import { outcomeEntries } from '../documents.ts'
import { withEnvironment } from '../environment.ts'
import { type RunFlags, runFlags } from '../flags.ts'
import { renderDestroyed, renderDoomed } from '../render-destroy.ts'
import { printDocument } from '../schemas.ts'

interface DestroyFlags extends RunFlags {
  readonly data: boolean
  readonly purge: boolean
}

export const command = defineCommand<DestroyFlags>({
  words: ['ENV', '[HOST...]'],
  flags: [
    ...runFlags,
    { flags: '--data', description: 'also the data volumes of the named hosts', initial: false },
    {
      flags: '--purge',
      description: 'also what copse made on the box for them: network, images, engine',
      initial: false,
    },
  ],
  more: `Examples:
  copse destroy dev && copse up dev   everything anew
  copse destroy dev web2              one machine
Data volumes of named hosts are kept, and used again by their next machines; without names they are deleted too.
It asks where data is deleted or the environment is protected. Servers that copse did not make are never destroyed.`,
  async run(invocation) {
    const { screen, flags, words } = invocation
    const names = words.slice(1)
    const isWhole = names.length + flags.limit.length + flags.exclude.length === 0
    return withEnvironment(
      invocation,
      async ({ session, hosts }) => {
        const { environment } = session.desired
        const outcomes = await destroy(session, {
          hosts: isWhole ? 'all' : hosts,
          data: flags.data,
          purge: flags.purge,
          lockTimeoutMs: flags.lockTimeout,
          command: invocation.typed,
          async consent(doomed) {
            if (!flags.json) screen.print(renderDoomed(environment, doomed, screen.paint))
            const data = doomed.volumes.map(({ host, name }) => `${name} of ${host}`).join(', ')
            await consentTo(invocation, environment, data === '' ? undefined : `this deletes data: ${data}`)
            return true
          },
        })
        if (flags.json)
          printDocument(screen, 'destroy', {
            environment: environment.name,
            outcomes: outcomeEntries(outcomes),
          })
        else screen.print(renderDestroyed(outcomes, { ms: performance.now(), paint: screen.paint }))
        const trouble = troubleOf({ outcomes, verdicts: [] })
        return trouble ? exitCodes[trouble] : 0
      },
      names,
    )
  },
})
