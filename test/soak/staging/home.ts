/** Servers that copse did not make, a config about them, and an operator who may enter them and read their secrets. */
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import { makeIdentity } from '../../../src/engine/secrets/seal.ts'
import type { PlainServer, ServerWish } from '../../fixture/plain-server.ts'
import { type PlainServers, plainServers } from '../../fixture/plain-servers.ts'
import { makeWorld, type World } from '../../system/office/world.ts'

export interface Home extends AsyncDisposable {
  readonly fixture: PlainServers
  /** Commands have the operator's ssh-agent and identity of age, and nothing else of this box. */
  readonly world: World
  server(host: string): PlainServer
}

/** A server by the name of its host; its address ends in `octet`. */
export interface Wanted extends Pick<ServerWish, 'release'> {
  readonly host: string
  readonly octet: number
}

/** `textOf` writes the config, which finds the servers' host keys in `known_hosts` beside it; `more` are variables besides. */
export async function makeHome(
  wanted: readonly Wanted[],
  textOf: (about: { readonly net: string; readonly operator: string }) => string,
  more: Readonly<Record<string, string>> = {},
): Promise<Home> {
  const parts = new AsyncDisposableStack()
  const fixture = parts.use(await plainServers())
  const servers = new Map<string, PlainServer>()
  await Promise.all(
    wanted.map(async ({ host, ...wish }) => {
      servers.set(host, await fixture.server({ name: `stg${host}`, sudo: true, ...wish }))
    }),
  )
  const all = [...servers]
  const directory = await mkdtemp(join(tmpdir(), 'home-'))
  const { identity, recipient } = await makeIdentity()
  const age = join(directory, 'identity')
  await writeFile(age, `${identity}\n`, { mode: 0o600 })
  const { identityFile } = all[0]?.[1] ?? missing('anybody')
  const { socket } = parts.use(await startAgent(directory, identityFile))
  const key = (await readFile(`${identityFile}.pub`, 'utf8')).trim()
  const world = parts.use(
    await makeWorld({
      text: textOf({ net: fixture.net, operator: personLine('ana', key, recipient) }),
      env: { SSH_AUTH_SOCK: socket, COPSE_IDENTITY: age, ...more },
      addresses: Object.fromEntries(all.map(([host, { address }]) => [host, address])),
      end: async () => undefined,
    }),
  )
  const known = all.map(([, { address, hostKey }]) => `${address} ${hostKey}\n`)
  await writeFile(join(dirname(world.config), 'known_hosts'), known.join(''))
  return {
    fixture,
    world,
    server: (host) => servers.get(host) ?? missing(host),
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  }
}

/** A line of `people` in the config. */
export function personLine(name: string, key: string, recipient: string): string {
  return `    { name: '${name}', keys: ['${key}'], recipients: ['${recipient}'], environments: ['staging'] },\n`
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
