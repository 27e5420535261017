/** Asks the probes, from every vantage point at once; a service that was just changed is given time to answer. */
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { CopseError } from '../lib/errors.ts'
import type { Probe, Vantage, Verdict } from '../model/probe.ts'
import { probeKindNamed } from '../probes/index.ts'
import type { Answer } from '../probes/kind.ts'
import { localReader } from '../transports/local.ts'
import { type Archive, type Reader, Unreachable } from '../transports/transport.ts'
import { remoteScripts } from './remote-scripts.ts'
import type { ReadSession } from './session.ts'

export interface VerifyOptions {
  /** Probes that ask about these hosts. */
  readonly hosts: readonly string[]
  readonly fastOnly: boolean
  /** How long red probes are asked again, in milliseconds. Default 15 s. */
  readonly patienceMs?: number
}

/** One verdict for each probe, told as they come. */
export async function verify(session: ReadSession, options: VerifyOptions): Promise<readonly Verdict[]> {
  session.context.emit({ event: 'phase', phase: 'verify', hosts: options.hosts })
  const probes = session.desired.hosts
    .flatMap((host) => host.probes)
    .filter((probe) => options.hosts.includes(probe.to) && (probe.isFast || !options.fastOnly))
  const vantages = [...Map.groupBy(probes, (probe) => nameOf(probe.from)).values()]
  const verdicts = await Promise.all(
    vantages.map((group) => askPatiently(session, group, options.patienceMs ?? 15_000)),
  )
  return verdicts.flat()
}

function nameOf(vantage: Vantage): string {
  return vantage === 'operator' ? 'operator' : `host ${vantage.host}`
}

/** Asks again what was red until it is green or patience ends. */
async function askPatiently(
  session: ReadSession,
  probes: readonly Probe[],
  patienceMs: number,
): Promise<readonly Verdict[]> {
  const deadline = performance.now() + patienceMs
  const settled: Verdict[] = []
  let open = probes
  for (;;) {
    const verdicts = await ask(session, open)
    const isLast = performance.now() > deadline || session.context.signal.aborted
    const final = verdicts.filter(({ ok }) => ok || isLast)
    for (const verdict of final) session.context.emit({ event: 'verdict', verdict })
    settled.push(...final)
    open = verdicts.filter(({ ok }) => !ok).map(({ probe }) => probe)
    if (open.length === 0 || isLast) return settled
    await sleep(500)
  }
}

/** One round trip to the vantage point that these probes share. */
async function ask(session: ReadSession, probes: readonly Probe[]): Promise<readonly Verdict[]> {
  const boundary = `@@${randomBytes(8).toString('hex')}`
  const signal = AbortSignal.any([session.context.signal, AbortSignal.timeout(120_000)])
  try {
    const reader = await readerAt(session, probes[0]?.from ?? 'operator')
    const groups = askedTogether(probes)
    const { stdout } = await reader.run(probeArchive(boundary, groups), signal)
    const answers = parseAnswers(stdout, boundary)
    return groups.flatMap((group, index) => group.map((probe) => judge(probe, answers.get(fileName(index)))))
  } catch (error) {
    const isTrouble = error instanceof Unreachable || error instanceof CopseError || signal.aborted
    if (!isTrouble || !(error instanceof Error)) throw error
    return probes.map((probe) => ({ probe, ok: false, ms: 0, detail: `not asked: ${error.message}` }))
  }
}

async function readerAt(session: ReadSession, vantage: Vantage): Promise<Reader> {
  return vantage === 'operator' ? localReader : session.reader(vantage.host)
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
  const scripts = groups.map(([first, ...others], index) => {
    const script = probeKindNamed(first.kind)?.script(first.spec, ...others.map(({ spec }) => spec))
    return [`probes/${fileName(index)}`, { text: `${script?.shell ?? 'exit 1'}\n` }] as const
  })
  return { main: { text: remoteScripts.probe }, boundary: { text: boundary }, ...Object.fromEntries(scripts) }
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
