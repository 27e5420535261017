/** `flow`: declares who may use which endpoint. */
import type { Flow } from '../model/flow.ts'
import { callSite, type Place } from '../model/place.ts'

/** A flow with the line that declared it. */
export interface FlowDefinition extends Flow {
  readonly place: Place
}

/**
 * Lets `from` use the endpoint `to`: `flow('internet', 'lb.http')`. `from` is a host, a group, a role, `operators` or
 * `internet`; `to` is a host, a group or a role, then a dot and the endpoint's name. A way out is one too, to any address
 * that no host of the environment has: `flow('web', 'internet.https')`, `.http`, `.dns`, `.ntp`, or a port as
 * `internet.tcp-8443`. Nothing else comes into a host or goes out of it.
 */
export function flow(from: string, to: `${string}.${string}`): FlowDefinition {
  return { from, to, place: callSite() }
}
