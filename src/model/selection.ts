/** Which hosts a command works on: names, machines, groups, roles and globs, as `-l` and `--exclude` take them. */
import { CopseError } from '../lib/errors.ts'
import type { Environment, Host } from './environment.ts'

/** Patterns; each may hold several, separated by commas. Without a limit all hosts are meant. */
export interface Selection {
  readonly limit: readonly string[]
  readonly exclude: readonly string[]
}

/** The selected hosts' names, in the definition's order. Throws a usage error when a pattern, or the whole, selects none. */
export function selectHosts(environment: Environment, selection: Selection): readonly string[] {
  const limited = selection.limit.length === 0 ? environment.hosts : matching(environment, selection.limit)
  const excluded = matching(environment, selection.exclude)
  const names = environment.hosts
    .filter((host) => limited.includes(host) && !excluded.includes(host))
    .map(({ name }) => name)
  if (names.length === 0) throw nothing(environment, 'this selection leaves no host')
  return names
}

function matching(environment: Environment, patterns: readonly string[]): readonly Host[] {
  const words = patterns.flatMap((pattern) => pattern.split(',')).map((word) => word.trim())
  return words.flatMap((word) => {
    const found = hostsNamed(environment.hosts, word)
    if (found.length === 0) throw nothing(environment, `"${word}" selects no host`)
    return found
  })
}

/** One host's own name wins over a group or role of the same name: `dns` is the host, though `ns2` has that role too. */
function hostsNamed(hosts: readonly Host[], word: string): readonly Host[] {
  const own = hosts.filter(({ name, machine, fqdn }) => [name, machine, fqdn].includes(word))
  if (own.length > 0) return own
  const glob = globPattern(word)
  return hosts.filter(({ name, machine, group, roles }) =>
    [name, machine, group, ...roles].some((candidate) => glob.test(candidate)),
  )
}

function globPattern(glob: string): RegExp {
  const text = glob.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`^${text.replaceAll('*', '.*').replaceAll('?', '.')}$`)
}

function nothing({ name, hosts }: Environment, message: string): CopseError {
  const roles = [...new Set(hosts.flatMap((host) => host.roles))]
  return new CopseError('usage', `${message} of ${name}`, {
    hint: `hosts: ${hosts.map((host) => host.name).join(' ')}; roles: ${roles.join(' ')}`,
  })
}
