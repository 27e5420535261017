/** `copse ca ENV [export]`: the certificate of the environment's own authority. */
import { CopseError } from '../../lib/errors.ts'
import { defineCommand } from '../command.ts'
import { withEnvironment } from '../environment.ts'
import type { SessionFlags } from '../flags.ts'
import { printDocument } from '../schemas.ts'

export const command = defineCommand<Partial<SessionFlags>>({
  words: ['ENV', '[export]'],
  flags: [],
  more: `Example:
  copse ca dev export > office-dev.crt    for browsers and programs that are to trust the servers of dev
The authority is made by the first up that needs a certificate. Its key is the secret ca-key; only up signs with it.`,
  run: (invocation) =>
    withEnvironment(invocation, async ({ session }) => {
      const { screen, flags, words } = invocation
      const { name } = session.desired.environment
      if (words[1] !== undefined && words[1] !== 'export')
        throw new CopseError('usage', `copse ca cannot ${words[1]}`, { hint: `copse ca ${name} export` })
      const certificate = await session.secrets.store.certificate()
      if (certificate === undefined)
        throw new CopseError('failed', `${name} has no certificate authority yet`, {
          hint: `copse up ${name} makes it where a host has a certificate`,
        })
      if (flags.json) printDocument(screen, 'ca', { environment: name, certificate })
      else screen.print(certificate)
      return 0
    }),
})
