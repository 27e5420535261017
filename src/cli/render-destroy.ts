/** What `destroy` is about to do, and what it did. Pure. */
import type { Doomed } from '../engine/destroy.ts'
import type { Outcome } from '../engine/events.ts'
import { troubleOf } from '../engine/report.ts'
import type { Environment } from '../model/environment.ts'
import { formatDuration } from './duration.ts'
import type { Paint } from './paint.ts'
import { renderOutcomes } from './render-report.ts'
import { count } from './table.ts'

/** The machines and the data by name, before anything happens to them. */
export function renderDoomed({ prefix }: Environment, { machines, volumes }: Doomed, paint: Paint): string {
  const lines = [
    ...machines.map((host) => `machine ${prefix}${host}`),
    ...volumes.map(({ host, name }) => `volume ${name} of ${prefix}${host}, with its data`),
  ].map((what) => `    ${paint('bad', '-')} ${what}\n`)
  return `${paint('strong', '  machines')}\n${lines.join('')}`
}

/** The packages by name, before anything happens to them. */
export function renderDoomedPackages(names: readonly string[], paint: Paint): string {
  if (names.length === 0) return 'copse installed no packages on the box.\n'
  const lines = names.map((name) => `    ${paint('bad', '-')} package ${name}\n`)
  return `${paint('strong', '  box')}\n${lines.join('')}`
}

/** What is left on the box after a purge, and how it goes too. */
export function renderLeftPackages({ name }: Pick<Environment, 'name'>, packages: readonly string[]): string {
  return `On the box are still the packages that copse installed: ${packages.join(' ')}
copse destroy ${name} --purge --packages removes them too.
`
}

/** Machines that are gone, and what could not be destroyed. */
export function renderDestroyed(
  outcomes: readonly Outcome[],
  { ms, paint }: { readonly ms: number; readonly paint: Paint },
): string {
  if (outcomes.length === 0) return 'Nothing to destroy: there is no such machine.\n'
  const gone = outcomes.filter(({ result }) => result === 'changed')
  const lost = outcomes.filter(({ result }) => result !== 'changed')
  const verb = troubleOf({ outcomes, verdicts: [] }) ? paint('bad', 'Only destroyed') : 'Destroyed'
  return `${renderOutcomes(lost, paint)}${verb} ${count(gone.length, 'machine')} in ${formatDuration(ms)}.\n`
}
