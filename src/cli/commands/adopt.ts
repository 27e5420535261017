/** `copse adopt ENV`: takes over an environment that another operator has made on this box. */
import { adopt } from '../../engine/adopt.ts'
import { consentTo } from '../change-options.ts'
import { defineCommand } from '../command.ts'
import { withEnvironment } from '../environment.ts'
import { type ChangeFlags, changeFlags } from '../flags.ts'
import { renderAdoptable } from '../render-adopt.ts'
import { printDocument } from '../schemas.ts'
import { count } from '../table.ts'

export const command = defineCommand<ChangeFlags>({
  words: ['ENV'],
  flags: changeFlags,
  more: `Whoever ran \`copse up ENV\` first holds the only key to its machines. With the same config in a checkout of
your own, and access to the container engine (root or its group), you take that over: each machine gets your key
in place of theirs, and its host key is read through the engine and pinned. Machines, data and names stay as they
are and nothing restarts; who held the way in before is told so, and can adopt it back. The keys of \`people\`,
keys that somebody else put there, and logins that are open are not touched. Secrets that they kept on this machine
become yours too, if you may read them; else the next up makes others. Cut short, run it again.
It shows what it would take over and asks; --yes answers.
Exit codes: 0, also when all of it is yours already; 5 when not confirmed, or when it is not clear which is meant.`,
  run: (invocation) =>
    withEnvironment(invocation, async ({ session }) => {
      const { screen, flags } = invocation
      const { environment } = session.desired
      const { name } = environment
      const adopted = await adopt(session, {
        lockTimeoutMs: flags.lockTimeout,
        command: invocation.typed,
        async consent(found, secrets) {
          if (!flags.json) screen.print(renderAdoptable(environment, found, { secrets, paint: screen.paint }))
          await consentTo(invocation, environment, `this takes the way in to ${name} from another operator`)
        },
      })
      const machines = (adopted?.machines ?? []).map(({ host }) => host)
      if (flags.json) printDocument(screen, 'adopt', { environment: name, machines })
      else if (!adopted) screen.print(`Nothing to adopt: the way in to ${name} is yours.\n`)
      else
        screen.print(
          `Adopted ${name}: your key opens ${count(machines.length, 'machine')}.\n  copse plan ${name}\n`,
        )
      return 0
    }),
})
