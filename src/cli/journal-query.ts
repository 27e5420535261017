/** What is asked of the kept journals, as words for journalctl. Pure. */
import type { Host } from '../model/environment.ts'
import { journals } from '../roles/logs/intake.ts'

/** What a user wants to see. */
export interface JournalQuery {
  readonly follow: boolean
  readonly unit: readonly string[]
  readonly priority?: string
  readonly since?: string
  readonly until?: string
  readonly grep?: string
  readonly lines?: number
  readonly json: boolean
}

/** Lines that are shown of a query that sets no bound of its own. */
const enough = 100

/**
 * Hosts that were named are read from their own files, which hold what each has sent by its certificate. To follow, all
 * files are read, since a host's next line may be in a new one: there they are picked by the name that the line gives.
 */
export function journalctlWords(query: JournalQuery, hosts: readonly Host[] | 'all'): readonly string[] {
  const { follow, unit, priority, since, until, grep, lines, json } = query
  const isByFile = hosts !== 'all' && !follow
  const bound = lines ?? (since === undefined && grep === undefined ? enough : undefined)
  return [
    'journalctl',
    '--quiet',
    '--no-pager',
    ...(isByFile ? hosts.map(({ name }) => `--file=${filesOf(name)}`) : [`--directory=${journals}`]),
    `--output=${json ? 'json' : 'short-iso'}`,
    // Without --merge it follows only what has the boot of the asking host itself.
    ...(follow ? ['--follow', '--merge'] : []),
    ...unit.map((name) => `--unit=${name}`),
    ...Object.entries({ priority, since, until, grep, lines: bound }).flatMap(([name, value]) =>
      value === undefined ? [] : [`--${name}=${value}`],
    ),
    ...(follow && hosts !== 'all' ? hosts.map(({ machine }) => `_HOSTNAME=${machine}`) : []),
  ]
}

/** `web1.journal` and older ones, `web1@….journal`, as one pattern that nothing of `web10` matches. */
function filesOf(name: string): string {
  return `${journals}/${name}[.@]*`
}
