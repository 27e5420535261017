/** A difference between environments that somebody signed for. Pure data. */
import type { Place } from './place.ts'

/** What environments are compared by; docs/parity.md says what each is. */
export const factNames = [
  ...(['setting', 'host', 'resource', 'secret', 'release'] as const),
  ...(['system', 'package', 'unit', 'file', 'cron', 'user', 'group', 'key'] as const),
  ...(['listener', 'firewall', 'sysctl', 'time', 'mount'] as const),
] as const

/** One kind of fact. */
export type FactName = (typeof factNames)[number]

/** Which differences are meant. */
export interface Allowed {
  /** The kind of fact, as `copse diff` prints it: `unit`. */
  readonly fact: FactName
  /** What it is about: `postfix.service`; `*` stands for any text. Default: all of that kind. */
  readonly key?: string | undefined
  /** A host, a group or a role. Default: every host, and the definition. */
  readonly host?: string | undefined
}

/** Those differences, why they may be, and the line that says so. */
export interface Allowance extends Allowed {
  readonly reason: string
  readonly place: Place
}
