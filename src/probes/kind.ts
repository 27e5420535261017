/** The contract of a kind of probe: a script to run at the vantage point, and how what it printed is judged there. */
import type { z } from 'zod'
import type { Shell } from '../lib/shell.ts'
import type { Host } from '../model/environment.ts'
import type { Probe, Vantage } from '../model/probe.ts'

export interface ProbeKindDefinition<Spec> {
  readonly name: string
  readonly spec: z.ZodType<Spec>
  /** Probes for which this is the same are asked by one script, where processes are dear. Default: each has its own. */
  together?(spec: Spec): string
  /** How long its script may take before it is ended. Default 10, for scripts that end by themselves within 5 s. */
  readonly seconds?: number
  /** How often monitoring asks it, in minutes. Default 1; more for what costs the one that is asked. */
  minutes?(spec: Spec): number
  /** POSIX sh with curl, dig and perl; it ends by itself within the time that it sets its tools. */
  script(spec: Spec, ...others: readonly Spec[]): Shell
  /** What its judge is told of a spec. Default: nothing. */
  words?(spec: Spec): readonly string[]
  /**
   * How an answer is judged, as the body of a Perl function: hosts come to verdicts by themselves, and have Perl. It knows
   * `$code`, the script's exit status; `$output`, the first 64 KiB of its standard output and error, of which a script that
   * asked for others too says more than what matters; and `@words`. It returns whether the service did what was asked of
   * it (undef: it could not be asked, which is red whatever was expected) and what was seen, in one line. `last_line`
   * gives what a tool said last, which is where they put their reason. Default: exit status 0 answers, and the last line
   * is what was seen.
   */
  readonly judge?: string
}

/** A probe kind whose spec type is its own affair. */
export interface ProbeKind {
  readonly name: string
  readonly seconds: number
  minutes(spec: unknown): number
  together?(spec: unknown): string
  script(spec: unknown, ...others: readonly unknown[]): Shell
  words(spec: unknown): readonly string[]
  readonly judge: string
}

/** Hides a probe kind's spec type behind its schema. */
export function defineProbeKind<Spec>(kind: ProbeKindDefinition<Spec>): ProbeKind {
  const { together, words, minutes } = kind
  return {
    name: kind.name,
    seconds: kind.seconds ?? 10,
    minutes: (spec) => minutes?.(kind.spec.parse(spec)) ?? 1,
    ...(together && { together: (spec) => together(kind.spec.parse(spec)) }),
    script: (spec, ...others) =>
      kind.script(kind.spec.parse(spec), ...others.map((other) => kind.spec.parse(other))),
    words: (spec) => words?.(kind.spec.parse(spec)) ?? [],
    judge: kind.judge ?? 'return ($code == 0, last_line($output));',
  }
}

/** What a builder needs to know of the host that its probe asks about. */
export type Subject = Pick<Host, 'name' | 'address'>

/** What every probe builder takes besides the service it asks about. */
export interface ProbeOptions {
  /** Default: the operator's machine. */
  readonly from?: Vantage | undefined
  /** `closed`: red when it answers. Default `answers`. */
  readonly expect?: 'answers' | 'closed' | undefined
  /** Also asked at the end of an `up` that changed nothing. Default: all but commands, and what is to be closed. */
  readonly isFast?: boolean | undefined
}

/** Fills in what a builder was not told. */
export function makeProbe(
  kind: { readonly name: string },
  subject: string,
  detail: { readonly to: string; readonly spec: unknown } & ProbeOptions & Pick<Probe, 'isMonitored'>,
): Probe {
  const { expect = 'answers' } = detail
  return {
    kind: kind.name,
    name: `${kind.name} ${subject}`,
    from: detail.from ?? 'operator',
    to: detail.to,
    expect,
    // That nobody answers is only known after a while.
    isFast: detail.isFast ?? expect === 'answers',
    isMonitored: detail.isMonitored,
    spec: detail.spec,
  }
}
