/** `copse dns ENV`: every name, its wanted address, and what the server answers. */
import { CopseError, exitCodes } from '../../lib/errors.ts'
import { hostsWithRole } from '../../model/environment.ts'
import { defineCommand } from '../command.ts'
import { askServer, namesOf } from '../dns-names.ts'
import { desiredOf } from '../environment.ts'
import { renderNames } from '../render-names.ts'
import { printDocument } from '../schemas.ts'

export const command = defineCommand({
  words: ['ENV'],
  flags: [],
  more: 'Asked from this machine. Exit codes: 0 every answer is as wanted, 1 otherwise.',
  async run(invocation) {
    const { environment } = await desiredOf(invocation)
    const { screen, flags } = invocation
    const servers = hostsWithRole(environment, 'dns')
    if (servers.length === 0)
      throw new CopseError(
        'failed',
        `no host of ${environment.name} has the role dns: nobody answers for its names`,
      )
    const names = namesOf(environment)
    const answers = await Promise.all(servers.map(({ address }) => askServer(address, names)))
    // Of several servers, the first that answers otherwise speaks for a name.
    const asked = names.flatMap((_name, at) => {
      const all = answers.flatMap((answer) => answer[at] ?? [])
      return all.find(({ ok }) => !ok) ?? all[0] ?? []
    })
    if (flags.json) printDocument(screen, 'dns', { environment: environment.name, names: asked })
    else screen.print(renderNames(asked, servers, screen.paint))
    return asked.every(({ ok }) => ok) ? 0 : exitCodes.failed
  },
})
