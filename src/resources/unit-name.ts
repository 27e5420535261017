/** Names of systemd units: with their suffix for systemd, and short for readers. */
import { z } from 'zod'

/** The suffixes that systemd knows. */
export const suffixes = [
  'service',
  'socket',
  'timer',
  'path',
  'mount',
  'automount',
  'swap',
  'target',
  'slice',
  'scope',
]

/** A unit's full name, `nginx.service` or `app@1.service`; `nginx` means the service. */
export const unitName = z
  .string()
  .max(200)
  .regex(/^[\w:.\\-]+(@[\w:.\\-]+)?$/, 'must be the name of a unit, such as nginx, app@1 or fstrim.timer')
  .transform(fullName)

/** With its suffix: a name without one is a service's. */
export function fullName(name: string): string {
  return suffixes.some((suffix) => name.endsWith(`.${suffix}`)) ? name : `${name}.service`
}

/** What the plan calls it: services go without their suffix. */
export function shortName(name: string): string {
  return name.endsWith('.service') ? name.slice(0, -'.service'.length) : name
}
