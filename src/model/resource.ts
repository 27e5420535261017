/** One thing wanted on a host, as plain data. */
import type { Place } from './place.ts'

/** A resource as roles and configs make it: which kind, and that kind's own settings. */
export interface Resource {
  /** The kind's name: `file`, `package`. */
  readonly kind: string
  /** Same kind and key: the same thing on the host. Neither TAB nor newline. */
  readonly key: string
  /** What the kind wants of it; the kind's schema has accepted it. */
  readonly spec: unknown
  /** The line that asked for it. */
  readonly place: Place
}

/** Roles may nest lists, so that one call can bring several resources. */
export type ResourceList = readonly (Resource | ResourceList)[]
