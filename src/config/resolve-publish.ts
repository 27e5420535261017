/** What ports of the box lead to: entries of `publish` with the doors that they mean. Pure. */
import type { Endpoint, Publication } from '../model/environment.ts'
import { type Definition, type EnvironmentPart, type Group, hostsOf } from './definition.ts'

/** One entry of `publish`. */
export interface PublishEntry {
  readonly port: number
  /** `lb`, or `lb.http`. */
  readonly to: string
  readonly from: readonly string[]
}

export function publishEntries({ settings }: EnvironmentPart): readonly PublishEntry[] {
  return Object.entries(settings.publish).map(([port, entry]) => ({ port: Number(port), ...entry }))
}

/** Entries that mean nothing are told of by the check of them. */
export function publicationsOf(definition: Definition, part: EnvironmentPart): readonly Publication[] {
  return publishEntries(part).flatMap((entry) => {
    const { host } = targetOf(entry)
    const group = definition.groups.find((one) => hostsOf(one, part).some(({ name }) => name === host))
    const doors = group ? doorsOf(group, entry) : []
    return doors.map((endpoint) => ({
      port: entry.port,
      protocol: endpoint.protocol,
      host,
      endpoint,
      from: entry.from,
    }))
  })
}

/** The host, and the endpoint where one is named. */
export function targetOf({ to }: PublishEntry): { readonly host: string; readonly endpoint?: string } {
  const [host = '', ...rest] = to.split('.')
  return rest.length > 0 ? { host, endpoint: rest.join('.') } : { host }
}

/** Without a name, what the hosts of a group have at the same port. */
export function doorsOf(group: Group, entry: PublishEntry): readonly Endpoint[] {
  const { endpoint } = targetOf(entry)
  return endpointsOf(group).filter(({ name, port }) =>
    endpoint === undefined ? port === entry.port : name === endpoint,
  )
}

/** The doors of a group's hosts, in the order of their roles. */
export function endpointsOf({ roles }: Pick<Group, 'roles'>): readonly Endpoint[] {
  return roles.flatMap((role) =>
    Object.entries(role.endpoints()).map(([name, { port, protocol, tls }]) => ({
      name,
      role: role.name,
      port,
      protocol,
      tls,
    })),
  )
}
