/** A question with a verdict about a running service, as plain data. */

/** Where a probe asks from: hosts by name, or the machine that copse runs on. */
export type Vantage = { readonly host: string } | 'operator'

/** A probe as roles make it. */
export interface Probe {
  /** The probe kind's name: `http`. */
  readonly kind: string
  /** Kind and what it looks at: `http www.office.internal`. */
  readonly name: string
  readonly from: Vantage
  /** The host that it asks about. */
  readonly to: string
  readonly expect: 'answers' | 'closed'
  /** The app that it proves, where it is one's. */
  readonly app?: string | undefined
  /** Fast ones also end a no-op `up`. */
  readonly isFast: boolean
  /** False: hosts do not ask it by themselves. */
  readonly isMonitored?: boolean | undefined
  readonly spec: unknown
}

/** What a probe found. */
export interface Verdict {
  readonly probe: Probe
  readonly ok: boolean
  /** How long the question took, in milliseconds. */
  readonly ms: number
  /** What was seen, in one line. */
  readonly detail: string
}
