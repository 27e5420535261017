/** What a host's program `release.pl` is told of an app: a line for each setting. Pure. */
import { type App, type Environment, hostsWithRole } from 'copse'
import { authority } from '../tls.ts'

export function settingsPath({ name }: Pick<App, 'name'>): string {
  return `/etc/copse/apps/${name}`
}

interface Around {
  readonly environment: Environment
  readonly account: string
  readonly units: readonly string[]
  /** Files that they are restarted for. */
  readonly inputs: readonly string[]
}

export function settingsOf(app: App, { environment, account, units, inputs }: Around): string {
  const lines = {
    app: app.name,
    account,
    store: storeOf(environment),
    authority,
    units: units.join(' '),
    inputs: inputs.join(' '),
    migrate: app.migrate,
    assets: app.assets?.from,
    carbon: hostsWithRole(environment, 'metrics')[0]?.address,
  }
  return Object.entries(lines)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}\n`]))
    .join('')
}

/** Where artifacts are fetched from, by their digests. */
export function storeOf({ hosts }: Environment): string {
  for (const { fqdn, endpoints } of hosts) {
    const door = endpoints.find(({ name, role }) => role === 'ci' && name === 'artifacts')
    if (door) return `https://${fqdn}:${door.port}`
  }
  throw new RangeError('the environment has no host with the role ci')
}
