/** Seven servers that copse did not make, in a LAN of their own, and an operator who may enter them: where staging of the office is at home. */
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import { makeIdentity } from '../../../src/engine/secrets/seal.ts'
import { trustAuthoritiesOfThisBox } from '../../fixture/box-authorities.ts'
import type { PlainServer } from '../../fixture/plain-server.ts'
import { type PlainServers, plainServers } from '../../fixture/plain-servers.ts'
import { octets, officeHosts } from '../../system/office/on-box.ts'
import { makeWorld, type World } from '../../system/office/world.ts'

/** Where Debian 12 runs; 13 is everywhere else. */
const older: readonly string[] = ['web2', 'db']

export interface Home extends AsyncDisposable {
  readonly fixture: PlainServers
  /** The example with the operator among its people. Commands have that one's ssh-agent and identity of age. */
  readonly world: World
  server(host: string): PlainServer
}

export async function makeHome(): Promise<Home> {
  const parts = new AsyncDisposableStack()
  const fixture = parts.use(await plainServers())
  const servers = new Map(
    await Promise.all(officeHosts.map(async (host) => [host, await serverFor(fixture, host)] as const)),
  )
  const server = (host: string) => servers.get(host) ?? missing(host)
  // What builds fetch comes through the proxy of this box.
  await trustAuthoritiesOfThisBox(server('ci'))
  const directory = await mkdtemp(join(tmpdir(), 'home-'))
  const identity = await makeIdentity()
  const age = join(directory, 'identity')
  await writeFile(age, `${identity.identity}\n`, { mode: 0o600 })
  const { identityFile } = server('lb')
  const socket = parts.use(await startAgent(directory, identityFile)).socket
  const key = (await readFile(`${identityFile}.pub`, 'utf8')).trim()
  const example = await readFile(new URL('../../../examples/office/copse.config.ts', import.meta.url), 'utf8')
  const world = parts.use(
    await makeWorld({
      text: example
        .replaceAll('10.62.0.', `${fixture.net}.`)
        .replace(
          '  flows: [',
          `  people: [\n${personLine('ana', key, identity.recipient)}  ],\n\n  flows: [`,
        ),
      env: { SSH_AUTH_SOCK: socket, COPSE_IDENTITY: age },
      addresses: Object.fromEntries([...servers].map(([host, { address }]) => [host, address])),
      end: async () => undefined,
    }),
  )
  const known = [...servers.values()].map(({ address, hostKey }) => `${address} ${hostKey}\n`)
  await writeFile(join(dirname(world.config), 'known_hosts'), known.join(''))
  return { fixture, world, server, [Symbol.asyncDispose]: () => parts.disposeAsync() }
}

/** A line of `people` in the config. */
export function personLine(name: string, key: string, recipient: string): string {
  return `    { name: '${name}', keys: ['${key}'], recipients: ['${recipient}'], environments: ['staging'] },\n`
}

function serverFor(fixture: PlainServers, host: string): Promise<PlainServer> {
  const release = older.includes(host) ? 12 : 13
  return fixture.server({ name: `stg${host}`, release, sudo: true, octet: octets[host] ?? missing(host) })
}

/** Holds one key, until it is disposed. */
async function startAgent(directory: string, key: string): Promise<{ socket: string } & AsyncDisposable> {
  const socket = join(directory, 'agent')
  const agent = execa('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore', reject: false })
  for (;;) {
    const added = await execa('ssh-add', ['-q', key], { env: { SSH_AUTH_SOCK: socket }, reject: false })
    if (added.exitCode === 0) break
  }
  return {
    socket,
    async [Symbol.asyncDispose]() {
      agent.kill()
      await agent
    },
  }
}

function missing(host: string): never {
  throw new RangeError(`no server of ${host}`)
}
