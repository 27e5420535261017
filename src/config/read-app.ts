/** Reads one entry of `apps`. */
import type { Place } from '../model/place.ts'
import { type Accepted, accept, acceptName, partAt } from './accept.ts'
import type { AppPart } from './definition.ts'
import { appDefinition, appSchema } from './schema-app.ts'

const firstPort = 8000
/** More than one host runs of one app. */
const portsEach = 10

/** `index` is its place among the apps. */
export function readApp(
  place: Place,
  [name, value]: readonly [string, unknown],
  index: number,
): Accepted<AppPart> {
  const named = acceptName(place, 'apps', name)
  const made = accept(appDefinition, partAt(place, value, 'apps', name))
  if (!made.value) return { problems: [...named.problems, ...made.problems] }
  const { options, place: own } = made.value
  const { value: settings, problems } = accept(appSchema, {
    value: options,
    origin: { place: own, path: [0] },
    called: ['apps', name],
  })
  if (!settings || named.value === undefined) return { problems: [...named.problems, ...problems] }
  const port = settings.port ?? firstPort + portsEach * index
  return { value: { name, place: own, settings, port, names: settings.names ?? [name] }, problems }
}
