/** `copse apply FILE`: applies a saved plan exactly; a host that has moved since is refused. */
import { applySaved } from '../../engine/up.ts'
import { CopseError } from '../../lib/errors.ts'
import { changeOptions } from '../change-options.ts'
import { defineCommand } from '../command.ts'
import { withEnvironment } from '../environment.ts'
import { type ChangeFlags, changeFlags, type SessionFlags, sessionFlags } from '../flags.ts'
import { readSavedPlan } from '../saved-plan.ts'
import { showReport } from '../show-report.ts'

export const command = defineCommand<SessionFlags & ChangeFlags>({
  words: ['FILE'],
  flags: [...sessionFlags, ...changeFlags],
  more: `Example:
  copse plan prod --out prod.plan && copse apply prod.plan
The file names its environment. Exit code 5 when a host is no longer as the plan found it.`,
  async run(invocation) {
    const [file] = invocation.words
    if (file === undefined)
      throw new CopseError('usage', 'copse apply needs the file of a saved plan', {
        hint: 'copse plan ENV --out FILE makes one',
      })
    const plan = await readSavedPlan(file)
    const names = plan.hosts.map(({ host }) => host)
    const named = { ...invocation, words: [plan.environment] }
    return withEnvironment(
      named,
      async (opened) => {
        requireSameEcosystem(plan.ecosystem, opened.session.desired.environment.ecosystem)
        const options = changeOptions(invocation, opened)
        await options.consent(plan)
        return showReport(invocation, opened, await applySaved(opened.session, plan, options))
      },
      { names },
    )
  },
})

function requireSameEcosystem(planned: string, found: string): void {
  if (planned !== found)
    throw new CopseError('refused', `the plan is of ${planned}, this directory's config of ${found}`, {
      hint: 'name the right directory with -C',
    })
}
