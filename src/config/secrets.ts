/** What an environment's resources say of its secrets must agree. */
import type { DesiredHost } from '../model/desired.ts'
import type { Place } from '../model/place.ts'
import { secretsOf } from '../resources/secret-text.ts'
import { besides } from './merge.ts'
import type { Problem } from './problem.ts'

/** A generated secret has one length; a reference that names none goes along. */
export function secretProblems(hosts: readonly DesiredHost[]): readonly Problem[] {
  const firsts = new Map<string, { readonly length: number; readonly place: Place }>()
  return hosts.flatMap(({ resources }) =>
    resources.flatMap((resource) =>
      secretsOf(resource).flatMap(({ secret, generate }): readonly Problem[] => {
        if (generate === undefined) return []
        const { place } = resource
        const first = firsts.get(secret) ?? { length: generate, place }
        firsts.set(secret, first)
        if (first.length === generate) return []
        const message = `the secret ${secret} is to be made of ${generate} characters here and of ${first.length} at ${besides(place, first.place)}`
        return [{ message, hint: 'give it one length', origin: { place, path: [] } }]
      }),
    ),
  )
}
