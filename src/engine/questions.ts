/** Probes as the files of one script for a vantage point, and what that prints as verdicts. */
import { randomBytes } from 'node:crypto'
import type { Probe, Verdict } from '../model/probe.ts'
import { probeKindNamed } from '../probes/index.ts'
import type { Answer } from '../probes/kind.ts'
import type { Archive } from '../transports/transport.ts'
import { remoteScripts } from './remote-scripts.ts'

/** Questions that are asked from one place in one go. */
export interface Questions {
  /** `main` asks them. */
  readonly files: Archive
  /** One verdict for each probe, from what `main` printed; `conceal` takes secrets out of what is shown of it. Pure. */
  verdicts(output: string, conceal: (text: string) => string): readonly Verdict[]
}

export function makeQuestions(probes: readonly Probe[]): Questions {
  const boundary = `@@${randomBytes(8).toString('hex')}`
  const groups = askedTogether(probes)
  return {
    files: probeArchive(boundary, groups),
    verdicts(output, conceal) {
      const answers = parseAnswers(output, boundary)
      return groups.flatMap((group, index) =>
        group
          .map((probe) => judge(probe, answers.get(fileName(index))))
          .map((verdict) => ({ ...verdict, detail: conceal(verdict.detail) })),
      )
    },
  }
}

/** Probes that one script asks; pure. */
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

type Group = readonly [Probe, ...Probe[]]

/** What they print together must fit into one answer. */
const mostTogether = 50

function fileName(index: number): string {
  return String(index).padStart(5, '0')
}

function probeArchive(boundary: string, groups: readonly Group[]): Archive {
  const files = groups.flatMap(([first, ...others], index) => {
    const kind = probeKindNamed(first.kind)
    const script = kind?.script(first.spec, ...others.map(({ spec }) => spec))
    return [
      [`probes/${fileName(index)}`, { text: `${script?.shell ?? 'exit 1'}\n` }],
      [`seconds/${fileName(index)}`, { text: `${kind?.seconds ?? 1}` }],
    ] as const
  })
  return {
    main: { text: 'exec perl ./ask\n' },
    ask: { text: remoteScripts.ask },
    boundary: { text: boundary },
    ...Object.fromEntries(files),
  }
}

/** By file name; pure. */
export function parseAnswers(
  output: string,
  boundary: string,
): ReadonlyMap<string, Answer & { readonly ms: number }> {
  const parts = output.split(new RegExp(`^${boundary}\t`, 'm')).slice(1)
  return new Map(
    parts.map((part) => {
      const end = part.indexOf('\n')
      const [name = '', code, ms] = part.slice(0, end).split('\t')
      return [name, { code: Number(code), ms: Number(ms), output: part.slice(end + 1).replace(/\n$/, '') }]
    }),
  )
}

function judge(probe: Probe, answer: (Answer & { readonly ms: number }) | undefined): Verdict {
  const kind = probeKindNamed(probe.kind)
  if (!answer || !kind) return { probe, ok: false, ms: 0, detail: 'there was no answer to read' }
  const { answers, detail } = kind.read(probe.spec, answer)
  return { probe, ok: answers === (probe.expect === 'answers'), ms: answer.ms, detail }
}
