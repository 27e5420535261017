/** Asks the probes, from every vantage point at once; a service that was just changed is given time to answer. */
import { setTimeout as sleep } from 'node:timers/promises'
import { CopseError } from '../lib/errors.ts'
import type { Probe, Vantage, Verdict } from '../model/probe.ts'
import { type Reader, Unreachable } from '../transports/transport.ts'
import { makeQuestions } from './questions.ts'
import type { ReadSession } from './session.ts'

export interface VerifyOptions {
  /** Probes that ask about these hosts. */
  readonly hosts: readonly string[]
  readonly fastOnly: boolean
  /** Only those that it accepts. */
  readonly only?: ((probe: Probe) => boolean) | undefined
  /** How long red probes are asked again, in milliseconds. Default 15 s. */
  readonly patienceMs?: number
  /** What is known already: who was found well is not asked again. */
  readonly known?: readonly Verdict[]
}

/** One verdict for each probe, told as they come. */
export async function verify(session: ReadSession, options: VerifyOptions): Promise<readonly Verdict[]> {
  session.context.emit({ event: 'phase', phase: 'verify', hosts: options.hosts })
  const well = (options.known ?? []).filter(({ ok, probe }) => ok && options.hosts.includes(probe.to))
  for (const verdict of well) session.context.emit({ event: 'verdict', verdict })
  const asked = new Set(well.map(({ probe }) => probe))
  const { hosts, fastOnly, only = () => true } = options
  const probes = probesOf(session, hosts).filter(
    (probe) => (probe.isFast || !fastOnly) && !asked.has(probe) && only(probe),
  )
  const vantages = [...Map.groupBy(probes, (probe) => nameOf(probe.from)).values()]
  const verdicts = await Promise.all(
    vantages.map((group) => askPatiently(session, group, options.patienceMs ?? 15_000)),
  )
  return [...well, ...verdicts.flat()]
}

/** What the definition wants to know of these hosts. */
export function probesOf({ desired }: ReadSession, hosts: readonly string[]): readonly Probe[] {
  return desired.hosts.flatMap(({ probes }) => probes).filter(({ to }) => hosts.includes(to))
}

function nameOf(vantage: Vantage): string {
  return vantage === 'operator' ? 'operator' : `host ${vantage.host}`
}

/** Asks again what was red until it is green or patience ends, once at least where there is any. */
async function askPatiently(
  session: ReadSession,
  probes: readonly Probe[],
  patienceMs: number,
): Promise<readonly Verdict[]> {
  const deadline = performance.now() + patienceMs
  let rounds = patienceMs === 0 ? 1 : 2
  const settled: Verdict[] = []
  let open = probes
  for (;;) {
    const verdicts = await ask(session, open)
    rounds -= 1
    // One whose question takes long may have come just before the service listened.
    const isLast = (performance.now() > deadline && rounds <= 0) || session.context.signal.aborted
    const final = verdicts.filter(({ ok }) => ok || isLast)
    for (const verdict of final) session.context.emit({ event: 'verdict', verdict })
    settled.push(...final)
    open = verdicts.filter(({ ok }) => !ok).map(({ probe }) => probe)
    if (open.length === 0 || isLast) return settled
    await sleep(500)
  }
}

/** One round trip to the vantage point that these probes share; it never throws for what it finds. `enough` ends it, by default after two minutes. */
export async function ask(
  session: ReadSession,
  probes: readonly Probe[],
  enough: AbortSignal = AbortSignal.timeout(120_000),
): Promise<readonly Verdict[]> {
  const signal = AbortSignal.any([session.context.signal, enough])
  try {
    const reader = await readerAt(session, probes[0]?.from ?? 'operator')
    const questions = makeQuestions(probes)
    const { stdout } = await reader.run(questions.files, signal)
    const { conceal } = await session.secrets.known()
    return questions.verdicts(stdout, conceal)
  } catch (error) {
    const isTrouble = error instanceof Unreachable || error instanceof CopseError || signal.aborted
    if (!isTrouble || !(error instanceof Error)) throw error
    return probes.map((probe) => ({ probe, ok: false, ms: 0, detail: `not asked: ${error.message}` }))
  }
}

async function readerAt(session: ReadSession, vantage: Vantage): Promise<Reader> {
  return vantage === 'operator' ? session.operator() : session.reader(vantage.host)
}
