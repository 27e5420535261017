/** How HAProxy is told to send a host nothing new, and to use it again: a program on the balancer's host. */
import { type Balanced, directory, file, type ResourceList } from 'copse'
import { type Backend, lastResort } from './haproxy-backends.ts'

const home = '/usr/local/lib/copse'
const program = `${home}/balancer.pl`
const tablePath = '/etc/copse/balancer'

/** The program, and its table of servers. */
export function drainProgram(backends: readonly Backend[]): ResourceList {
  return [
    directory(home),
    file(program, { source: './balancer.pl' }),
    file(tablePath, { content: tableOf(backends) }),
  ]
}

/** A line for each server, also as the last resort: its host, `BACKEND/SERVER`, and its app or `-`; TAB between. */
export function tableOf(backends: readonly Backend[]): string {
  return backends
    .flatMap(({ name: backend, app = '-', servers }) =>
      servers.flatMap(({ host, name }) =>
        [name, lastResort(name)].map((server) => `${[host, `${backend}/${server}`, app].join('\t')}\n`),
      ),
    )
    .join('')
}

/** One entry for each host, whose servers are drained and restored together. */
export function balancedBy(backends: readonly Backend[]): readonly Balanced[] {
  const hosts = new Set(backends.flatMap(({ servers }) => servers.map(({ host }) => host)))
  return [...hosts].map((host) => ({
    server: host,
    drain: call('drain', host),
    restore: call('restore', host),
  }))
}

/** POSIX sh. A balancer that does not have the program yet sends nobody anything. */
function call(verb: 'drain' | 'restore', host: string): string {
  return `[ ! -e ${program} ] || exec perl ${program} ${verb} ${host}\n`
}
