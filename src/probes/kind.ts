/** The contract of a kind of probe: a script to run at the vantage point, and a pure reading of what it printed. */
import type { z } from 'zod'
import type { Shell } from '../lib/shell.ts'
import type { Host } from '../model/environment.ts'
import type { Probe, Vantage } from '../model/probe.ts'

/** What a probe's script left behind. */
export interface Answer {
  /** Exit status of the script. */
  readonly code: number
  /** Standard output, then standard error, at most 64 KiB. */
  readonly output: string
}

/** What a kind makes of an answer. */
export interface Reading {
  /** Did the service do what was asked of it? Undefined: it could not be asked, which is red whatever was expected. */
  readonly answers: boolean | undefined
  /** What was seen, in one line. */
  readonly detail: string
}

export interface ProbeKindDefinition<Spec> {
  readonly name: string
  readonly spec: z.ZodType<Spec>
  /** Probes for which this is the same are asked by one script, where processes are dear. Default: each has its own. */
  together?(spec: Spec): string
  /** How long its script may take before it is ended. Default 10, for scripts that end by themselves within 5 s. */
  readonly seconds?: number
  /** POSIX sh with curl, dig and perl; it ends by itself within the time that it sets its tools. */
  script(spec: Spec, ...others: readonly Spec[]): Shell
  /** What a script, which may have asked for others too, found out for one. */
  read(spec: Spec, answer: Answer): Reading
}

/** A probe kind whose spec type is its own affair. */
export interface ProbeKind {
  readonly name: string
  readonly seconds: number
  together?(spec: unknown): string
  script(spec: unknown, ...others: readonly unknown[]): Shell
  read(spec: unknown, answer: Answer): Reading
}

/** Hides a probe kind's spec type behind its schema. */
export function defineProbeKind<Spec>(kind: ProbeKindDefinition<Spec>): ProbeKind {
  const { together } = kind
  return {
    name: kind.name,
    seconds: kind.seconds ?? 10,
    ...(together && { together: (spec) => together(kind.spec.parse(spec)) }),
    script: (spec, ...others) =>
      kind.script(kind.spec.parse(spec), ...others.map((other) => kind.spec.parse(other))),
    read: (spec, answer) =>
      isUnasked(answer)
        ? { answers: undefined, detail: `not asked: ${lastLine(answer.output)}` }
        : kind.read(kind.spec.parse(spec), answer),
  }
}

/** The shell's own codes for a program that is missing or cannot be run there. */
function isUnasked({ code }: Answer): boolean {
  return code === 126 || code === 127
}

/** What a tool said last, which is where they put their reason. */
export function lastLine(output: string): string {
  return output.trimEnd().split('\n').at(-1)?.trim() || 'no output'
}

/** What a builder needs to know of the host that its probe asks about. */
export type Subject = Pick<Host, 'name' | 'address'>

/** What every probe builder takes besides the service it asks about. */
export interface ProbeOptions {
  /** Default: the operator's machine. */
  readonly from?: Vantage | undefined
  /** `closed`: red when it answers. Default `answers`. */
  readonly expect?: 'answers' | 'closed' | undefined
  /** Also asked at the end of an `up` that changed nothing. Default: all but commands. */
  readonly isFast?: boolean | undefined
}

/** Fills in what a builder was not told. */
export function makeProbe(
  kind: { readonly name: string },
  subject: string,
  detail: { readonly to: string; readonly spec: unknown } & ProbeOptions,
): Probe {
  return {
    kind: kind.name,
    name: `${kind.name} ${subject}`,
    from: detail.from ?? 'operator',
    to: detail.to,
    expect: detail.expect ?? 'answers',
    isFast: detail.isFast ?? true,
    spec: detail.spec,
  }
}
