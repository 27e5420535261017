/** Calls functions of roles and configs; what they throw becomes a problem at the line that is to blame. */
import { isOwnSource, type Place, siteOf } from '../model/place.ts'
import { ResourceProblem } from '../resources/kind.ts'
import type { Accepted } from './accept.ts'
import { PlacedError, type Problem } from './problem.ts'

/** `title` begins the message; `asked` is the line of the config that brought the function. */
export function attempt<Value>(title: string | undefined, asked: Place, make: () => Value): Accepted<Value> {
  try {
    return { value: make(), problems: [] }
  } catch (error) {
    return { problems: [problemOf(title, error, asked)] }
  }
}

function problemOf(title: string | undefined, error: unknown, asked: Place): Problem {
  const place = blamed(error)
  return {
    message: title === undefined ? messageOf(error) : `${title}: ${messageOf(error)}`,
    hint: error instanceof PlacedError ? error.hint : undefined,
    origin: { place: place && !isOwnSource(place.file) ? place : asked, path: [] },
  }
}

/** The line of a role or config that an error came from; undefined when it names none. */
export function blamed(error: unknown): Place | undefined {
  if (error instanceof ResourceProblem || error instanceof PlacedError) return error.place
  return error instanceof Error ? siteOf(error.stack ?? '') : undefined
}

/** What an error says, whatever was thrown. */
export function messageOf(error: unknown): string {
  if (error instanceof ResourceProblem || error instanceof PlacedError) return error.message
  return error instanceof Error ? `${error.name}: ${error.message}` : `threw ${typeof error}, not an Error`
}
