/** What commands that change an environment tell the engine: the hosts, the consent, the patience. */
import type { ChangeOptions } from '../engine/options.ts'
import type { Environment } from '../model/environment.ts'
import type { Invocation } from './command.ts'
import { requireConsent } from './consent.ts'
import type { Opened } from './environment.ts'
import type { ChangeFlags } from './flags.ts'

type Changing = Invocation<ChangeFlags>

/** The consent shows the plan, and asks where the environment is protected. */
export function changeOptions(invocation: Changing, { session, hosts }: Opened): ChangeOptions {
  const { screen, flags } = invocation
  return {
    hosts,
    lockTimeoutMs: flags.lockTimeout,
    command: invocation.typed,
    async consent(plan) {
      const { environment } = session.desired
      if (!flags.json) {
        // Most runs change nothing, and start sooner without it.
        const { renderCount, renderPlan } = await import('./render-plan.ts')
        const detail = flags.verbose > 0 ? 'full' : environment.protected ? 'normal' : 'compact'
        screen.print(`${renderPlan(plan, { paint: screen.paint, detail })}${renderCount(plan)}\n`)
      }
      await consentTo(invocation, environment)
      return true
    },
  }
}

/** Asks for the name of a protected environment, or of any where there is a grave reason. */
export async function consentTo(
  { screen, flags, signal }: Changing,
  { name, protected: isProtected }: Environment,
  grave?: string,
): Promise<void> {
  const reason = grave ?? (isProtected ? `${name} is protected` : undefined)
  if (reason !== undefined) await requireConsent(screen, { reason, word: name, isGiven: flags.yes }, signal)
}
