/** Makes a plan and shows it: what `plan` and `drift` share. */
import { isEmpty, type Plan } from '../engine/plan-types.ts'
import { makePlan } from '../engine/planning.ts'
import { exitCodes } from '../lib/errors.ts'
import type { Invocation } from './command.ts'
import { planDocument } from './documents.ts'
import type { Opened } from './environment.ts'
import { noChangesText } from './no-changes.ts'
import { renderCount, renderPlan } from './render-plan.ts'
import { printDocument } from './schemas.ts'

/** `trouble` is the exit code when hosts could not be observed. */
export interface ShownPlan {
  readonly plan: Plan
  readonly trouble: number | undefined
}

export async function showPlan(
  { flags, screen }: Invocation,
  { session, hosts }: Opened,
): Promise<ShownPlan> {
  const began = performance.now()
  const plan = await makePlan(session, hosts)
  const { environment } = session.desired
  if (flags.json) printDocument(screen, 'plan', planDocument(plan))
  else if (isEmpty(plan)) screen.print(noChangesText(environment, hosts))
  else {
    const detail = flags.verbose > 0 ? 'full' : 'normal'
    screen.print(renderPlan(plan, { paint: screen.paint, detail }))
    screen.print(`${renderCount(plan, performance.now() - began)}\n`)
  }
  return { plan, trouble: troubleIn(plan) }
}

/** Refused before failed before partial; undefined when every host could be observed. Pure. */
export function troubleIn({ hosts }: Plan): number | undefined {
  const silent = hosts.filter((host) => host.state === 'unreachable')
  if (silent.some(({ reason }) => reason === 'changed-key' || reason === 'foreign')) return exitCodes.refused
  if (silent.length === 0) return undefined
  return silent.length === hosts.length ? exitCodes.failed : exitCodes.partial
}
