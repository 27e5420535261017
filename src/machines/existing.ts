/** Machines that copse did not make: any server with sshd and Debian. */
import { CopseError } from '../lib/errors.ts'
import type { Host } from '../model/environment.ts'
import type { ExistingSpec } from '../model/provider.ts'
import { fingerprint, keyOf, knownKeys, resolve } from '../transports/ssh/known-hosts.ts'
import type { SshTarget } from '../transports/ssh-target.ts'
import { connectTrouble } from './connect.ts'
import type { Finding, Machine, MachineProvider, ProviderContext } from './provider.ts'

/** How long a server may take to take a connection. */
const timeoutMs = 5000

/** The servers of an environment, as the config says how to reach them. */
export function existingProvider(spec: ExistingSpec): MachineProvider {
  const refuse = async (_context: ProviderContext, host: Host | string) => {
    const name = typeof host === 'string' ? host : host.name
    throw new CopseError(
      'refused',
      `${name} is a server of your own: copse does not make, start or destroy it`,
    )
  }
  return {
    name: 'existing',
    makesMachines: false,
    examine: async (context) =>
      (
        await Promise.all(context.environment.hosts.map((host) => examineHost(spec, host, context.signal)))
      ).flat(),
    list: (context) =>
      Promise.all(context.environment.hosts.map((host) => lookFor(spec, host, context.signal))),
    prepare: async () => undefined,
    create: refuse,
    replace: refuse,
    start: refuse,
    destroy: refuse,
    release: async () => undefined,
    target: async (_context, host) => targetOf(spec, host),
    door: async (_context, host) => ({
      ...targetOf(spec, host),
      user: undefined,
      identityFile: undefined,
    }),
    identity: async () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  }
}

/** The way in to a host: its server's own settings, then the defaults, then its address on the LAN. */
export function targetOf(
  { defaults, servers }: ExistingSpec,
  host: Pick<Host, 'name' | 'address'>,
): SshTarget {
  const own = servers[host.name] ?? {}
  return {
    address: own.address ?? host.address,
    user: own.user ?? defaults.user,
    port: own.port ?? defaults.port,
    identityFile: own.identityFile ?? defaults.identityFile,
    hostKey: own.hostKey ?? defaults.hostKey,
    knownHosts: own.knownHosts ?? defaults.knownHosts,
  }
}

/** Running when its port takes a connection; one behind a proxy is left for OpenSSH to find out. */
async function lookFor(spec: ExistingSpec, host: Host, signal: AbortSignal): Promise<Machine> {
  const { hostname, port, isProxied } = await resolve(targetOf(spec, host), signal)
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
  const trouble = isProxied ? undefined : await connectTrouble(hostname, port, deadline)
  signal.throwIfAborted()
  if (trouble === undefined) return { host: host.name, state: 'running' }
  return { host: host.name, state: 'unknown', detail: `${hostname} port ${port} does not answer: ${trouble}` }
}

async function examineHost(spec: ExistingSpec, host: Host, signal: AbortSignal): Promise<readonly Finding[]> {
  const target = targetOf(spec, host)
  const [{ state, detail = 'it answers' }, keys] = await Promise.all([
    lookFor(spec, host, signal),
    target.hostKey === undefined ? knownKeys(target, signal) : [keyOf(target.hostKey)],
  ])
  const known = target.knownHosts ?? 'your known_hosts'
  const trusted = `${target.hostKey === undefined ? `in ${known}` : 'pinned'}: ${keys.map(fingerprint).join(', ')}`
  return [
    {
      check: `${host.name} is reachable`,
      ok: state === 'running',
      detail,
      fix: `check the server, and that sshd listens at ${target.address}`,
    },
    {
      check: `the host key of ${host.name} is trusted`,
      ok: keys.length > 0,
      detail: keys.length > 0 ? trusted : `neither pinned in the config nor in ${known}`,
      fix: `read /etc/ssh/ssh_host_ed25519_key.pub on the server itself and give it as hostKey of ${host.name}`,
    },
  ]
}
