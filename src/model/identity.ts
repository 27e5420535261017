/** The stamp that ties a machine to its place in an ecosystem: /var/lib/copse/identity. */
import type { Environment, Host } from './environment.ts'

/** The file's text. `uuid` is of a machine that copse made; a server that it did not make has none. */
export function identityText(environment: Environment, host: Host, uuid: string | undefined): string {
  const stamp = `ecosystem=${environment.ecosystem}\nenvironment=${environment.name}\nhost=${host.name}\n`
  return uuid === undefined ? stamp : `${stamp}uuid=${uuid}\n`
}
