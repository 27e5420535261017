/** `copse rebuild ENV HOST...`: destroys and makes again just those machines. */
import { dialBalancers, rebuild } from '../../engine/destroy.ts'
import { CopseError } from '../../lib/errors.ts'
import { changeOptions, consentTo } from '../change-options.ts'
import { defineCommand } from '../command.ts'
import { withEnvironment } from '../environment.ts'
import { type RunFlags, runFlags } from '../flags.ts'
import { renderDoomed } from '../render-destroy.ts'
import { showReport } from '../show-report.ts'

interface RebuildFlags extends RunFlags {
  readonly cold: boolean
}

export const command = defineCommand<RebuildFlags>({
  words: ['ENV', '[HOST...]'],
  flags: [
    ...runFlags,
    { flags: '--cold', description: 'install everything anew, without a golden image', initial: false },
  ],
  more: `Examples:
  copse rebuild dev web1
  copse rebuild dev -l '*'    every machine, named on purpose
Data volumes are kept.`,
  async run(invocation) {
    const { words, flags, screen } = invocation
    const names = words.slice(1)
    if (words.length > 0 && names.length + flags.limit.length === 0)
      throw new CopseError('usage', 'copse rebuild needs the hosts to rebuild', {
        hint: `copse rebuild ${words[0]} HOST..., or -l '*' for all of them`,
      })
    return withEnvironment(
      invocation,
      async (opened) => {
        const options = changeOptions(invocation, opened)
        const { environment } = opened.session.desired
        const report = await rebuild(opened.session, {
          ...options,
          isCold: flags.cold,
          async consentDestroy(hosts) {
            if (!flags.json)
              screen.print(renderDoomed(environment, { machines: hosts, volumes: [] }, screen.paint))
            await consentTo(invocation, environment)
            return true
          },
          // The hosts' new content was consented to with their rebuilding.
          consent: async () => true,
        })
        return showReport(invocation, opened, report)
      },
      { names, getReady: ({ session, hosts }) => dialBalancers(session, hosts) },
    )
  },
})
