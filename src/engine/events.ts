/** What the engine tells while it works; the command line draws it, the journal keeps it. */
import type { Verdict } from '../model/probe.ts'

export type Event =
  | { readonly event: 'phase'; readonly phase: Phase; readonly hosts: readonly string[] }
  /** A provider or the engine says what it is doing to one subject (a host, or `box`). */
  | { readonly event: 'progress'; readonly subject: string; readonly message: string }
  | {
      readonly event: 'step-start'
      readonly host: string
      readonly step: number
      readonly of: number
      readonly what: string
    }
  | {
      readonly event: 'step-end'
      readonly host: string
      readonly step: number
      readonly ok: boolean
      readonly ms: number
      /** The last lines of what a failed step printed. */
      readonly log?: string | undefined
    }
  | { readonly event: 'host-end'; readonly outcome: Outcome }
  | { readonly event: 'verdict'; readonly verdict: Verdict }

export type Phase = 'observe' | 'prepare' | 'create' | 'apply' | 'check' | 'verify' | 'destroy'

/** How a host's part of a run ended. */
export interface Outcome {
  readonly host: string
  readonly result:
    | 'unchanged'
    | 'changed'
    | 'failed'
    | 'unreachable'
    | 'refused'
    | 'locked'
    | 'skipped'
    | 'interrupted'
  /** Changes made. */
  readonly changes: number
  readonly ms: number
  /** What went wrong and at which step, in one line. */
  readonly detail?: string | undefined
  readonly hint?: string | undefined
  /** The last lines of what the failed step printed. */
  readonly log?: string | undefined
}

/** What everything with effects is given first. */
export interface Context {
  readonly signal: AbortSignal
  /** The environment's own directory on the controller (0700). */
  readonly stateDir: string
  emit(event: Event): void
}
