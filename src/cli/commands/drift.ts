/** `copse drift ENV`: what on the hosts no longer matches the definition; read-only. */
import { isEmpty } from '../../engine/plan-types.ts'
import { exitCodes } from '../../lib/errors.ts'
import { defineCommand } from '../command.ts'
import { withEnvironment } from '../environment.ts'
import { type HostFlags, hostFlags, type SessionFlags, sessionFlags } from '../flags.ts'
import { showPlan } from '../show-plan.ts'

export const command = defineCommand<HostFlags & SessionFlags>({
  words: ['ENV'],
  flags: [...hostFlags, ...sessionFlags],
  more: `Nothing on the hosts is changed; \`copse up ENV\` mends what is shown.
Exit codes: 0 no drift, 2 drift; 3 when some hosts could not be observed, 1 when none
could, 5 when one is not who it should be.`,
  run: (invocation) =>
    withEnvironment(invocation, async (opened) => {
      const { plan, trouble } = await showPlan(invocation, opened)
      return trouble ?? (isEmpty(plan) ? 0 : exitCodes.differences)
    }),
})
