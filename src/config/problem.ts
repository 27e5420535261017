/** A problem of a config: what is wrong, what would be right, and where it was said. */
import type { Place } from '../model/place.ts'

/** Where a value came from: a builder's call, and the way to the value in its arguments; `path[0]` is the argument. */
export interface Origin {
  readonly place: Place
  readonly path: readonly PropertyKey[]
  /** The setting's name is meant, not its value. */
  readonly isKey?: boolean
}

/** A problem as the checks find it; `locate` narrows its origin to a line and column. */
export interface Problem {
  readonly message: string
  /** What would be right, or what to do. */
  readonly hint?: string | undefined
  readonly origin: Origin
}

/** A problem with its place: what users see. */
export interface LocatedProblem {
  readonly message: string
  readonly hint?: string | undefined
  readonly place: Place
}

/** Thrown by a builder that cannot go on; reported as a problem at its place. */
export class PlacedError extends Error {
  readonly place: Place
  readonly hint: string | undefined

  constructor(message: string, place: Place, detail: { readonly hint?: string } = {}) {
    super(message)
    this.name = 'PlacedError'
    this.place = place
    this.hint = detail.hint
  }
}
