/** `allow`: signs for a difference between environments. */
import type { Allowed } from '../model/allowance.ts'
import { callSite, type Place } from '../model/place.ts'

/** A signed difference with the line that signed it. */
export interface AllowanceDefinition {
  readonly reason: string
  readonly allowed: Allowed
  readonly place: Place
}

/**
 * Signs for a difference that `copse diff` names, with the reason that it then gives:
 * `allow('mail is sent in prod only', { fact: 'unit', key: 'postfix.service', host: 'log' })`. In the `differences` of an
 * environment it counts wherever that one is compared with another, in those of the ecosystem everywhere.
 */
export function allow(reason: string, allowed: Allowed): AllowanceDefinition {
  return { reason, allowed, place: callSite() }
}
