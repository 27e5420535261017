/** `copse plan ENV`: what would change; touches nothing. */
import { isEmpty } from '../../engine/plan-types.ts'
import { exitCodes } from '../../lib/errors.ts'
import { defineCommand } from '../command.ts'
import { withEnvironment } from '../environment.ts'
import { type HostFlags, hostFlags, type SessionFlags, sessionFlags } from '../flags.ts'
import { savePlan } from '../saved-plan.ts'
import { showPlan } from '../show-plan.ts'

interface PlanFlags extends HostFlags, SessionFlags {
  readonly out?: string
  readonly detailedExitcode: boolean
}

export const command = defineCommand<PlanFlags>({
  words: ['ENV'],
  flags: [
    ...hostFlags,
    ...sessionFlags,
    { flags: '--out <FILE>', description: 'save the plan for `copse apply FILE`' },
    { flags: '--detailed-exitcode', description: 'exit 2 when something would change', initial: false },
  ],
  more: `Examples:
  copse plan dev                          what \`copse up dev\` would change
  copse plan prod -l web --out web.plan   of the web hosts, saved for \`copse apply\`
Exit codes: 0; 3 when some hosts could not be observed, 1 when none
could, 5 when one is not who it should be.`,
  run: (invocation) =>
    withEnvironment(invocation, async (opened) => {
      const { out, detailedExitcode } = invocation.flags
      const { plan, trouble } = await showPlan(invocation, opened)
      if (out !== undefined) await savePlan(out, plan)
      return trouble ?? (detailedExitcode && !isEmpty(plan) ? exitCodes.differences : 0)
    }),
})
