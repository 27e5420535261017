/** Reads one environment with its machine provider. */
import { dirname, resolve } from 'node:path'
import type { Place } from '../model/place.ts'
import type { ExistingServer, ProviderSpec } from '../model/provider.ts'
import { type Accepted, accept, acceptName, partAt } from './accept.ts'
import type { EnvironmentPart } from './definition.ts'
import { field } from './field.ts'
import type { Machines } from './providers.ts'
import { environmentSchema, existingSchema, incusSchema, machinesSchema } from './schema.ts'

export function readEnvironment(place: Place, key: string, value: unknown): Accepted<EnvironmentPart> {
  const path = ['environments', key] as const
  const named = acceptName(place, ...path)
  const settings = accept(environmentSchema, partAt(place, value, ...path))
  const machines = machinesSchema.safeParse(field(value, 'machines'))
  const provider = machines.success ? readProvider(machines.data, [...path, 'machines']) : { problems: [] }
  const problems = [named, settings, provider].flatMap((part) => part.problems)
  if (problems.length > 0 || !settings.value || !provider.value) return { problems }
  return { value: { name: key, settings: settings.value, provider: provider.value }, problems }
}

function readProvider(machines: Machines, called: readonly PropertyKey[]): Accepted<ProviderSpec> {
  const part = { value: machines.settings, origin: { place: machines.place, path: [0] }, called }
  if (machines.provider === 'incus') {
    const { value, problems } = accept(incusSchema, part)
    return value ? { value: { provider: 'incus', box: value.box }, problems } : { problems }
  }
  const { value, problems } = accept(existingSchema, part)
  if (!value) return { problems }
  const { servers, ...defaults } = value
  const near = dirname(machines.place.file)
  const anchored = Object.entries(servers).map(([host, server]) => [host, anchor(server, near)] as const)
  return {
    value: { provider: 'existing', defaults: anchor(defaults, near), servers: Object.fromEntries(anchored) },
    problems,
  }
}

/** Makes the paths of its files absolute; OpenSSH itself knows `~/`. */
function anchor(server: ExistingServer, directory: string): ExistingServer {
  const { identityFile, knownHosts } = server
  const absolute = (path: string) => (path.startsWith('~/') ? path : resolve(directory, path))
  return {
    ...server,
    ...(identityFile !== undefined && { identityFile: absolute(identityFile) }),
    ...(knownHosts !== undefined && { knownHosts: absolute(knownHosts) }),
  }
}
