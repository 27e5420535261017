/** `flow`: declares who may use which endpoint. */
import type { Flow } from '../model/flow.ts'
import { callSite, type Place } from '../model/place.ts'

/** A flow with the line that declared it. */
export interface FlowDefinition extends Flow {
  readonly place: Place
}

/**
 * Lets `from` use the endpoint `to`: `flow('internet', 'lb.http')`. `from` is a host, a group, a role, `operators` or
 * `internet`; `to` is a host, a group or a role, then a dot and the endpoint's name.
 */
export function flow(from: string, to: `${string}.${string}`): FlowDefinition {
  return { from, to, place: callSite() }
}
