/** Who is to be told of red probes needs the host where all that hosts find comes together. */
import { type Definition, hostsOf, originOf } from '../definition.ts'
import type { Problem } from '../problem.ts'

export function checkAlert(definition: Definition): readonly Problem[] {
  const { environments, groups } = definition
  const keepers = groups.filter(({ roles }) => roles.some(({ name }) => name === 'logs'))
  return environments
    .filter((part) => part.settings.alert && keepers.every((group) => hostsOf(group, part).length === 0))
    .map(({ name }) => ({
      message: `environments.${name}.alert needs a host with the role logs, where all that hosts find comes together`,
      hint: 'give a host the role logs()',
      origin: originOf(definition, 'environments', name, 'alert'),
    }))
}
