/** What is said where nothing differs. Pure. */
import type { Environment } from '../model/environment.ts'

/** `No changes. dev matches the definition.`, of the whole environment or of some hosts. */
export function noChangesText({ name, hosts: all }: Environment, hosts: readonly string[]): string {
  const subject = hosts.length === all.length ? name : `${hosts.join(', ')} of ${name}`
  const verb = hosts.length === all.length || hosts.length === 1 ? 'matches' : 'match'
  return `No changes. ${subject} ${verb} the definition.\n`
}
