/** Probes as the text that the program which asks them reads, and what it prints as verdicts. Pure. */
import type { Probe, Verdict } from '../model/probe.ts'
import { probeKindNamed } from './index.ts'

/** Probes that one script asks. */
type Group = readonly [Probe, ...Probe[]]

/** What they print together must fit into one answer. */
const mostTogether = 50

export function askedTogether(probes: readonly Probe[]): readonly Group[] {
  const groups = new Map<string, [Probe, ...Probe[]]>()
  for (const [index, probe] of probes.entries()) {
    const key = probeKindNamed(probe.kind)?.together?.(probe.spec)
    const name = key === undefined ? `${index}` : `${probe.kind} ${key} ${Math.floor(index / mostTogether)}`
    const group = groups.get(name)
    if (group) group.push(probe)
    else groups.set(name, [probe])
  }
  return [...groups.values()]
}

/**
 * For each script a line `ask`, with the seconds that it may take, and its lines, each behind a TAB; then a line `probe` for
 * each that it asks for: its name, where from, about whom, how often in minutes, what is expected, its kind, and what the
 * kind's judge is told, with TAB between.
 */
export function questionsText(probes: readonly Probe[]): string {
  return askedTogether(probes).map(groupText).join('')
}

function groupText(group: Group): string {
  const [first, ...others] = group
  const kind = probeKindNamed(first.kind)
  const script = kind?.script(first.spec, ...others.map(({ spec }) => spec)).shell ?? 'exit 127'
  const indented = script.split('\n').map((line) => `\t${line}\n`)
  return [`ask\t${kind?.seconds ?? 1}\n`, ...indented, ...group.map(probeLine)].join('')
}

function probeLine({ name, from, to, expect, kind: kindName, spec }: Probe): string {
  const kind = probeKindNamed(kindName)
  const words = [
    name,
    placeOf(from),
    to,
    `${kind?.minutes(spec) ?? 1}`,
    expect,
    kindName,
    ...(kind?.words(spec) ?? []),
  ]
  return `probe\t${words.map(escaped).join('\t')}\n`
}

/** Who asks, in a word. */
export function placeOf(from: Probe['from']): string {
  return from === 'operator' ? 'operator' : from.host
}

function escaped(word: string): string {
  return word.replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n')
}

/** One verdict for each of the probes that were asked. */
export function parseVerdicts(probes: readonly Probe[], output: string): readonly Verdict[] {
  const found = new Map(
    output.split('\n').map((line) => {
      const [index = '', state, ms, detail = ''] = line.split('\t')
      return [index, { ok: state === 'green', ms: Number(ms), detail }] as const
    }),
  )
  const none = { ok: false, ms: 0, detail: 'there was no answer to read' }
  return askedTogether(probes)
    .flat()
    .map((probe, index) => ({ probe, ...(found.get(`${index}`) ?? none) }))
}
