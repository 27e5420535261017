/** What a machine is called, and where it finds the others. */
import { command, type Environment, file, type Host, type ResourceList } from 'copse'
import { definitionJson } from './definition.ts'
import { hostsFile } from './hosts-file.ts'
import { resolvConf } from './resolver.ts'

/** Its own name, everybody's addresses, and the definition that it is part of. */
export function identity(environment: Environment, { machine }: Host): ResourceList {
  return [
    file('/etc/hosts', { content: hostsFile(environment) }),
    file('/etc/hostname', { content: `${machine}\n` }),
    command(`hostname ${machine}`, {
      unless: `read -r now </proc/sys/kernel/hostname && [ "$now" = ${machine} ]`,
    }),
    file('/etc/copse/environment.json', { content: definitionJson(environment) }),
  ]
}

/** Comes last, so that nothing that is installed depends on servers that are installed now too. */
export function resolver(environment: Environment): ResourceList {
  const content = resolvConf(environment)
  return content === undefined ? [] : [file('/etc/resolv.conf', { content })]
}
