/** `copse status ENV`: hosts, addresses, states and roles. */
import { status } from '../../engine/status.ts'
import { defineCommand } from '../command.ts'
import { statusDocument } from '../documents.ts'
import { withEnvironment } from '../environment.ts'
import { type SessionFlags, sessionFlags } from '../flags.ts'
import { renderStatus } from '../render-status.ts'
import { printDocument } from '../schemas.ts'

export const command = defineCommand<SessionFlags>({
  words: ['ENV'],
  flags: sessionFlags,
  more: 'Where hosts ask their probes by themselves: what they last found, how old that is, and what is red since when.\nWith -v also what each system says of itself.',
  run: (invocation) =>
    withEnvironment(invocation, async ({ session, hosts }) => {
      const { screen, flags } = invocation
      session.context.emit({ event: 'phase', phase: 'observe', hosts })
      const found = await status(session)
      const environment = session.desired.environment.name
      if (flags.json) {
        printDocument(screen, 'status', statusDocument(environment, found))
      } else screen.print(renderStatus(found, { paint: screen.paint, isVerbose: flags.verbose > 0 }))
      return 0
    }),
})
