/** Who is at work: two operators with a checkout and a state directory each, people with keys, and one environment of two hosts. */
import { existsSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { expect } from 'vitest'
import { ssh as pinnedSsh } from '../../fixture/pinned-ssh.ts'
import type { Ended } from '../../fixture/plain-server.ts'
import { type ClaimedSubnet, claimSubnet } from '../../fixture/subnets.ts'
import { runDirectory } from '../../fixture/test-run.ts'
import { type Called, makeWorld, type World } from '../../system/office/world.ts'

export type PersonName = 'ana' | 'ben' | 'cleo'
export type HostName = 'one' | 'two'

/** What the scenes share. */
export interface Cast extends AsyncDisposable {
  /** Made the environment. */
  readonly first: World
  readonly second: World
  /** With ana's home, the same config, and no state of earlier runs. */
  readonly ana: World
  /** The private key of a person, in their own ~/.ssh. */
  keyOf(person: PersonName): string
  /** Runs a command on a host by OpenSSH alone. */
  login(
    host: HostName,
    way: { readonly user: string; readonly identityFile: string },
    command: string,
  ): Promise<Ended>
  /** Changes every config in the same way. */
  edit(from: string, to: string): Promise<void>
}

export async function makeCast(): Promise<Cast> {
  const home = join(runDirectory(), 'people')
  // Unprivileged machines reach their own root directory through this one.
  await mkdir(home, { mode: 0o711 })
  const lines = new Map<PersonName, string>()
  for (const name of ['ana', 'ben', 'cleo'] as const) lines.set(name, await makeKey(home, name))
  const subnet = await claimSubnet()
  const text = configText(subnet.net, (name) => lines.get(name) ?? '')
  const env = { LXD_DIR: join(home, 'engine'), SSH_AUTH_SOCK: '' }
  const make = (own: string, end: (world: World) => Promise<void>) =>
    makeWorld({ text, env: { ...env, HOME: join(home, own) }, addresses: addressesIn(subnet), end })
  const nothing = async () => undefined
  const first = await make('first', nothing)
  const second = await make('second', nothing)
  const ana = await make('ana', nothing)
  const worlds = [ana, second, first]
  const hostKeys = new Map<HostName, string>()
  return {
    first,
    second,
    ana,
    keyOf: (person) => join(home, person, '.ssh', 'id_ed25519'),
    async login(host, way, command) {
      const hostKey = hostKeys.get(host) ?? (await hostKeyOf(first, host))
      hostKeys.set(host, hostKey)
      return pinnedSsh({ address: first.address(host), ...way, hostKey }, command)
    },
    async edit(from, to) {
      for (const world of worlds) await world.edit(from, to)
    },
    async [Symbol.asyncDispose]() {
      // Whoever holds the way in takes it away; the others have nothing to purge.
      const held = await holderAmong([second, first])
      const purged = await held?.copse('destroy', 'dev', '--purge', '--yes')
      for (const world of worlds) await world[Symbol.asyncDispose]()
      await subnet.release()
      if (purged && purged.code !== 0) throw new Error(purged.stderr)
    },
  }
}

async function holderAmong(worlds: readonly World[]): Promise<World | undefined> {
  for (const world of worlds) {
    const adopted = await world.copse('adopt', 'dev', '--yes')
    if (adopted.code === 0) return world
  }
  return worlds.at(-1)
}

async function makeKey(home: string, name: PersonName): Promise<string> {
  const directory = join(home, name, '.ssh')
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const file = join(directory, 'id_ed25519')
  await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', `${name}@laptop`, '-f', file])
  return (await readFile(`${file}.pub`, 'utf8')).trim()
}

function addressesIn({ net }: ClaimedSubnet): Readonly<Record<HostName, string>> {
  return { one: `${net}.20`, two: `${net}.21` }
}

function configText(net: string, keyOf: (name: PersonName) => string): string {
  const person = (name: PersonName, environment: string) =>
    `    { name: '${name}', keys: ['${keyOf(name)}'], environments: ['${environment}'] },\n`
  return `import { defineEcosystem, incus } from 'copse'

export default defineEcosystem({
  name: 'crew',
  environments: {
    dev: { machines: incus({ box: 'local' }), subnet: '${net}.0/24', domain: 'crew.internal' },
    other: { machines: incus({ box: 'local' }), subnet: '10.219.255.0/24', domain: 'other.internal', prefix: 'other' },
  },
  hosts: {
    one: { at: 20, roles: [] },
    two: { at: 21, roles: [], volumes: { files: '/srv/files' } },
  },
  people: [
${person('ana', 'dev')}${person('ben', 'dev')}${person('cleo', 'other')}  ],
})
`
}

/** The public host key, as the one who made the machine pinned it. */
async function hostKeyOf(world: World, host: HostName): Promise<string> {
  const stanza = await well(world.copse('ssh-config', 'dev', '-l', host))
  const file = /UserKnownHostsFile (\S+)/.exec(stanza.stdout)?.[1] ?? ''
  const line = (await readFile(file, 'utf8')).split('\n').find((one) => one.startsWith(`${host}.`)) ?? ''
  return line.split(' ').slice(1).join(' ')
}

/** What was called and ended with 0. */
export async function well(calling: Promise<Called>): Promise<Called> {
  const called = await calling
  expect(called.code, called.stdout + called.stderr).toBe(0)
  return called
}

/** What tells that nothing was made anew or restarted: boot, units, host key, identity, what lies on the volume. */
export async function traces(world: World): Promise<string> {
  const script = `cat /proc/sys/kernel/random/boot_id /etc/ssh/ssh_host_ed25519_key.pub /var/lib/copse/identity
systemctl show -P InvocationID -- ssh systemd-journald chrony cron
systemctl show -P ActiveEnterTimestampMonotonic ssh
cat /srv/files/marker 2>/dev/null || :`
  const said = await well(world.copse('exec', 'dev', '--json', '--', script))
  return JSON.parse(said.stdout)
    .results.map(({ stdout }: { stdout: string }) => stdout)
    .join()
}

/** The private key that only this operator has. */
export async function operatorKey(world: World): Promise<string> {
  const state = world.env.XDG_STATE_HOME ?? ''
  const { stdout } = await execa('find', [state, '-name', 'id_ed25519'])
  expect(existsSync(stdout)).toBe(true)
  return stdout
}
