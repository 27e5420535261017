/** `copse dns ENV`: every name, its wanted address, and what the server answers. */
import type { Session } from '../../engine/session.ts'
import { CopseError, exitCodes } from '../../lib/errors.ts'
import { hostsWithRole } from '../../model/environment.ts'
import { defineCommand } from '../command.ts'
import { type AskedName, askServer, askServerFrom, namesOf, type WantedName } from '../dns-names.ts'
import { withEnvironment } from '../environment.ts'
import type { SessionFlags } from '../flags.ts'
import { renderNames } from '../render-names.ts'
import { printDocument } from '../schemas.ts'

export const command = defineCommand<SessionFlags>({
  words: ['ENV'],
  flags: [],
  more: `Asked from this machine, or from the box where that is another one.
Exit codes: 0 every answer is as wanted, 1 otherwise.`,
  run: (invocation) =>
    withEnvironment(invocation, async ({ session }) => {
      const { screen, flags } = invocation
      const { environment } = session.desired
      const servers = hostsWithRole(environment, 'dns')
      if (servers.length === 0)
        throw new CopseError(
          'failed',
          `no host of ${environment.name} has the role dns: nobody answers for its names`,
        )
      const names = namesOf(environment)
      const answers = await Promise.all(servers.map(({ address }) => ask(session, address, names)))
      // Of several servers, the first that answers otherwise speaks for a name.
      const asked = names.flatMap((_name, at) => {
        const all = answers.flatMap((answer) => answer[at] ?? [])
        return all.find(({ ok }) => !ok) ?? all[0] ?? []
      })
      if (flags.json) printDocument(screen, 'dns', { environment: environment.name, names: asked })
      else screen.print(renderNames(asked, servers, screen.paint))
      return asked.every(({ ok }) => ok) ? 0 : exitCodes.failed
    }),
})

async function ask(
  { provider, providerContext }: Session,
  server: string,
  names: readonly WantedName[],
): Promise<readonly AskedName[]> {
  const { signal } = providerContext
  const jump = await provider.jump?.(providerContext)
  return jump ? askServerFrom(jump.reader, { server, names, signal }) : askServer(server, names)
}
