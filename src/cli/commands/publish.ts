/** `copse publish ENV`: what the box's own address leads to, and whether it answers. */
import { CopseError, exitCodes } from '../../lib/errors.ts'
import { defineCommand } from '../command.ts'
import { withEnvironment } from '../environment.ts'
import type { SessionFlags } from '../flags.ts'
import { askPorts } from '../published-ports.ts'
import { renderPublished } from '../render-published.ts'
import { printDocument } from '../schemas.ts'

export const command = defineCommand<SessionFlags>({
  words: ['ENV'],
  flags: [],
  more: `What is published is in the config, \`publish: { 80: 'lb' }\`, and made
so by \`copse up ENV\` of all hosts. The box asks its own address: what
stands before it, such as a router, it cannot see. UDP is not asked.
Exit codes: 0 all is as the config says and answers, 1 otherwise.`,
  run: (invocation) =>
    withEnvironment(invocation, async ({ session }) => {
      const { screen, flags } = invocation
      const { provider, providerContext, desired } = session
      const environment = desired.environment.name
      if (!provider.publishing)
        throw new CopseError(
          'failed',
          `the machines of ${environment} are servers of your own, each with its own address: nothing is published for them`,
          { hint: 'flow("internet", "lb.http") opens a door of one; copse verify asks it' },
        )
      const [changes, addresses] = await Promise.all([
        provider.publishing.plan(providerContext),
        provider.publishing.addresses(providerContext),
      ])
      const ports = await askPorts(session, changes, addresses)
      const stale = changes.filter(({ action }) => action === 'destroy')
      const view = { environment, addresses, ports, stale }
      if (flags.json)
        printDocument(screen, 'publish', {
          environment,
          addresses: [...addresses],
          ports: ports.map((one) => ({ ...one, from: [...one.from] })),
          stale: stale.map(({ port }) => port),
        })
      else screen.print(renderPublished(view, screen.paint))
      return stale.length === 0 && ports.every(({ ok }) => ok) ? 0 : exitCodes.failed
    }),
})
