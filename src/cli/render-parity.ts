/** How alike two environments are, as text. Pure. */
import type { Compared, Difference } from '../engine/parity/compare.ts'
import type { Parity } from '../engine/parity/parity.ts'
import { formatPlace } from '../model/place.ts'
import type { Paint } from './paint.ts'
import { countsOf, factsIn } from './parity-document.ts'
import { printableLine } from './printable.ts'
import { count } from './table.ts'

/** `isFull`: also what is allowed or explained. */
export interface ParityView {
  readonly paint: Paint
  readonly isFull: boolean
}

/** Differences by host, then how much was compared. */
export function renderParity(parity: Parity, view: ParityView): string {
  const { a, b, places, unused, unseen } = parity
  const { paint } = view
  const differences = places.flatMap((place) => place.differences)
  const { allowed, explained, undeclared } = countsOf(differences)
  const lines = [
    ...places.flatMap((place) => placeLines(place, [a, b], view)),
    ...unseen.flatMap(({ environment, host, detail, hint }) => [
      `  ${paint('strong', host)}  ${paint('bad', '✗')} not seen in ${environment}: ${printableLine(detail)}`,
      ...(hint === undefined ? [] : [`      ${printableLine(hint)}`]),
    ]),
    ...unused.map(({ reason, place }) =>
      paint('faint', `  nothing needed what ${formatPlace(place)} allows: ${printableLine(reason)}`),
    ),
    `${a} and ${b} are ${parity.score}% alike: ${count(factsIn(parity), 'fact')}, ${undeclared} undeclared, ${allowed} allowed, ${explained} explained.${
      allowed + explained > 0 && !view.isFull ? '   -v shows all' : ''
    }`,
  ]
  return lines.map((line) => `${line}\n`).join('')
}

function placeLines(
  { host, differences }: Compared,
  names: readonly [string, string],
  { paint, isFull }: ParityView,
): readonly string[] {
  const shown = differences.filter(({ kind }) => isFull || kind === 'undeclared')
  if (shown.length === 0) return []
  return [
    `  ${paint('strong', host || `${names[0]} and ${names[1]}`)}`,
    ...shown.flatMap((one) => differenceLines(one, names, paint)),
  ]
}

const meanings = { undeclared: 'bad', allowed: 'good', explained: 'faint' } as const

function differenceLines(one: Difference, names: readonly [string, string], paint: Paint): readonly string[] {
  const width = Math.max(...names.map((name) => name.length))
  const side = (name: string, value: string | undefined, since: number | undefined) =>
    `        ${name.padEnd(width)}  ${value === undefined ? 'none' : printableLine(value)}${ago(since)}`
  return [
    `    ${paint(meanings[one.kind], one.kind)} ${one.name} ${printableLine(one.key)}${one.kind === 'undeclared' && one.host !== '' ? '' : `: ${printableLine(one.reason)}`}`,
    side(names[0], one.a, one.since.a),
    side(names[1], one.b, one.since.b),
  ]
}

/** `   since 2026-11-29 14:03`, in UTC. */
function ago(since: number | undefined): string {
  if (since === undefined) return ''
  return `   since ${new Date(since * 1000).toISOString().slice(0, 16).replace('T', ' ')}`
}
