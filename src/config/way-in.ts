/** Nothing may take the way in from copse: what surely would is a problem of the config. */
import type { Host } from '../model/environment.ts'
import type { Resource } from '../model/resource.ts'
import { field } from './field.ts'
import type { Problem } from './problem.ts'

export function shutsOut({ name }: Host, { kind, key, spec, place }: Resource): readonly Problem[] {
  const isWayIn = /^sshd?$/.test(key)
  const isOff = kind === 'mask' || field(spec, 'started') === false || field(spec, 'enabled') === false
  if (!isWayIn || !isOff || (kind !== 'unit' && kind !== 'mask')) return []
  return [
    {
      message: `${kind} ${key} on ${name} would end its SSH server, and with it every way in`,
      hint: 'leave ssh to role base',
      origin: { place, path: [] },
    },
  ]
}
