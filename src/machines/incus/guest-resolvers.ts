/** Which DNS servers guests will ask for names of the world, and whether those know where packages come from. */
import { isIP } from 'node:net'
import { CopseError } from '../../lib/errors.ts'
import type { Environment } from '../../model/environment.ts'
import type { Box } from './box.ts'

type Asking = Pick<Environment, 'name' | 'gateway' | 'resolvers'>

/** The servers that the text of /etc/resolv.conf names. */
export function nameservers(resolvConf: string): readonly string[] {
  return [...resolvConf.matchAll(/^nameserver[ \t]+(\S+)/gm)].flatMap(([, address = '']) =>
    isIP(address) === 0 ? [] : [address],
  )
}

/** The gateway hands questions on to the box's own servers. Throws when it has none. */
export function outerServers({ name, gateway, resolvers }: Asking, resolvConf: string): readonly string[] {
  const own = nameservers(resolvConf)
  if (resolvers.includes(gateway) && own.length === 0)
    throw new CopseError(
      'failed',
      `guests of ${name} ask ${gateway}, which asks the servers in /etc/resolv.conf: it names none`,
      { hint: `name one there: nameserver ADDRESS; or in the config: ${name}: { resolvers: ['ADDRESS'] }` },
    )
  return resolvers.flatMap((server) => (server === gateway ? own : [server]))
}

/** Asks for the name of the package mirror, as guests will. */
export async function examineResolvers(box: Box, environment: Asking, mirror: string): Promise<string> {
  const text = (await box.read('/etc/resolv.conf')) ?? ''
  const servers = outerServers(environment, text)
  if (servers.length === 0) return `guests of ${environment.name} know the names of their own domain only`
  const asked = `guests ask ${environment.resolvers.join(' ')}, in the end ${servers.join(' ')}`
  const { hostname } = new URL(mirror)
  if (isIP(hostname) !== 0) return asked
  try {
    await box.lookUp(hostname, servers)
    return `${asked}; ${hostname} is known there`
  } catch (cause) {
    throw new CopseError('failed', `${asked}: nobody there knows ${hostname}, where packages come from`, {
      cause,
      hint: `see what it answers: dig @${servers[0]} ${hostname}; another server in the config: ${environment.name}: { resolvers: ['ADDRESS'] }`,
    })
  }
}
