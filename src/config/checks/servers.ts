/** Servers that exist already belong to hosts of the definition, and no two are the same server. */
import type { ProviderSpec, WayIn } from '../../model/provider.ts'
import { type Definition, originOf } from '../definition.ts'
import type { Problem } from '../problem.ts'
import { suggest } from '../words.ts'

export function checkServers(definition: Definition): readonly Problem[] {
  return definition.environments.flatMap(({ name, provider }) => {
    const servers = entriesOf(provider)
    const path = (host: string) => ['environments', name, 'machines', 'servers', host]
    const strangers = servers
      .filter(([host]) => !definition.named.hosts.includes(host))
      .map(([host]) => ({
        message: `${name} has a server for ${host}, which is no host`,
        hint: suggest(host, definition.named.hosts),
        origin: { ...originOf(definition, ...path(host)), isKey: true },
      }))
    const again = servers.flatMap(([host, way], index) =>
      servers.slice(0, index).flatMap(([other, first]) =>
        sharedBy(way, first).map(({ what, setting }) => ({
          message: `${other} and ${host} of ${name} have the same ${what}: two hosts cannot be one server`,
          origin: originOf(definition, ...path(host), setting),
        })),
      ),
    )
    return [...strangers, ...again]
  })
}

function entriesOf(provider: ProviderSpec): readonly (readonly [string, WayIn])[] {
  return provider.provider === 'existing' ? Object.entries(provider.servers) : []
}

/** A key's comment is no part of it; behind one address there may be several servers on ports of their own. */
function sharedBy(a: WayIn, b: WayIn): readonly { readonly what: string; readonly setting: string }[] {
  const keyOf = ({ hostKey }: WayIn) => hostKey?.split(' ').slice(0, 2).join(' ')
  const isSameKey = a.hostKey !== undefined && keyOf(a) === keyOf(b)
  const isSameAddress = a.address !== undefined && a.address === b.address && a.port === b.port
  return [
    ...(isSameKey ? [{ what: 'host key', setting: 'hostKey' }] : []),
    ...(isSameAddress ? [{ what: 'address', setting: 'address' }] : []),
  ]
}
