/** Changes that would lock everybody out: refused before anything is done, or taken back by the host itself. */
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { beforeAll, expect, test } from 'vitest'
import type { World } from './world.ts'

const launcher = new URL('../../../copse', import.meta.url).pathname

/** What a host is given, and the step that makes it so as `up` tells of it. */
export interface Lockout {
  readonly title: string
  readonly resource: string
  readonly step: RegExp
}

const sshd = (title: string, content: string): Lockout => ({
  title,
  resource: `file('/etc/ssh/sshd_config.d/05-ours.conf', { content: '${content}\\n' })`,
  step: /05-ours\.conf/,
})

/** Where nobody had loaded them before. */
const rules = 'table inet ours { chain input { type filter hook input priority 0; tcp dport 22 drop; }; }'

export const everyLockout: readonly Lockout[] = [
  {
    title: 'a firewall of our own that drops SSH',
    resource: `file('/etc/nftables.conf', { content: 'flush ruleset\\n${rules}\\n' }), unit('nftables')`,
    step: /unit nftables/,
  },
  sshd('an SSH server at another port', 'Port 2222'),
  sshd('an SSH server that lets only somebody else in', 'AllowUsers somebody-else'),
  sshd('an SSH server that takes no keys', 'PubkeyAuthentication no'),
  {
    title: "somebody else's key in place of our own",
    resource: `authorizedKeys('root', ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${'A'.repeat(43)} nobody'])`,
    step: /authorized-keys root/,
  },
  {
    title: 'an account that no longer has a shell',
    resource: "user('root', { shell: '/usr/sbin/nologin', home: '/root' })",
    step: /user root/,
  },
  {
    title: 'PAM that denies everybody',
    resource: `file('/etc/pam.d/sshd', { content: 'account required pam_deny.so\\n' })`,
    step: /pam\.d\/sshd/,
  },
  {
    title: 'a list of hosts that may not connect',
    resource: `file('/etc/hosts.deny', { content: 'sshd: ALL\\n' })`,
    step: /hosts\.deny/,
  },
]

/** Hosts that are locked, and where each stands in the config. */
const victims = { lb: 'roles: [balancer(', dns: 'roles: [dns(' } as const

type Victim = keyof typeof victims

export function lockouts(world: () => World, some: readonly Lockout[] = everyLockout.slice(0, 2)): void {
  const give = (resource: string, host: Victim = 'lb') =>
    world().edit(victims[host], `resources: [${resource}], ${victims[host]}`)
  const takeBack = (resource: string, host: Victim = 'lb') =>
    world().edit(`resources: [${resource}], ${victims[host]}`, victims[host])
  const enters = (host: Victim = 'lb') => isEntered(world(), host)

  beforeAll(() => world().edit('import {', 'import { authorizedKeys, file, mask, unit, user,'))

  test('what locks copse out is taken back, and up says so', { timeout: 240_000 }, async () => {
    const { resource } = sshd('nobody of ours', 'AllowUsers nobody-of-ours')
    await give(resource)
    const up = await world().copse('up', 'dev', '-l', 'lb')
    expect(up.code).toBe(1)
    expect(up.stdout + up.stderr).toContain('no new login confirmed the change; it was put back')
    expect(await enters()).toBe(true)
    await takeBack(resource)
    await heals(world())
  })

  // Two at a time, each on a host of its own: most of it is waiting.
  test.each(pairsOf(some))(
    '%s: with copse killed right after, the hosts let us in again within 60 s',
    { timeout: 240_000 },
    async (_titles, pair) => {
      const opening: Promise<number | undefined>[] = []
      for (const { host, resource, step } of pair) {
        await give(resource, host)
        await killAt(world(), host, step)
        expect(await until(async () => !(await enters(host)), 20_000), `${host} was never shut`).toBeDefined()
        opening.push(until(() => enters(host), 60_000))
      }
      for (const [index, { title, host }] of pair.entries()) {
        const open = await opening[index]
        expect(open, `${host} stays shut`).toBeDefined()
        console.info(`${title}: open again after ${open} s`)
      }
      for (const { host, resource } of pair) await takeBack(resource, host)
      await heals(world())
    },
  )

  test('what is surely wrong is refused, and nothing is done', { timeout: 300_000 }, async () => {
    const rules = `file('/etc/nftables.conf', { content: 'table inet x {\\n', validate: 'nft -c -f %s' })`
    for (const [resource, code] of [
      [`unit('ssh', { started: false })`, 78],
      [`mask('ssh')`, 78],
      [rules, 1],
      [`file('/etc/ssh/sshd_config.d/05-ours.conf', { content: 'Nonsense yes\\n' })`, 1],
    ] as const) {
      await give(resource)
      const up = await world().copse('up', 'dev', '-l', 'lb')
      expect(up.code, `${resource}: ${up.stderr}`).toBe(code)
      await takeBack(resource)
      expect(await enters(), resource).toBe(true)
    }
    await heals(world())
  })
}

/** Who else may come in. */
export function otherOperators(world: () => World): void {
  test('operators of another network are let in besides the box', { timeout: 240_000 }, async () => {
    const operators = "prefix: 'dev', operators: ['192.0.2.1'],"
    await world().edit("prefix: 'dev',", operators)
    const up = await world().copse('up', 'dev', '-l', 'lb')
    expect(up.code, up.stdout + up.stderr).toBe(0)
    expect(await isEntered(world(), 'lb')).toBe(true)
    await world().edit(operators, "prefix: 'dev',")
    await heals(world())
  })
}

async function isEntered(world: World, host: Victim): Promise<boolean> {
  return (await world.copse('exec', 'dev', '-l', host, '--', 'true')).code === 0
}

/** Both hosts that changes are made to. */
async function heals(world: World): Promise<void> {
  const up = await world.copse('up', 'dev', '-l', 'lb', '-l', 'dns')
  expect(up.code, up.stderr).toBe(0)
}

function pairsOf(
  all: readonly Lockout[],
): readonly (readonly [string, readonly (Lockout & { readonly host: Victim })[]])[] {
  return all.flatMap((first, index) => {
    if (index % 2 === 1) return []
    const second = all[index + 1]
    const pair = [{ ...first, host: 'lb' as const }, ...(second ? [{ ...second, host: 'dns' as const }] : [])]
    return [[pair.map(({ title }) => title).join('; '), pair] as const]
  })
}

/** Seconds until it is so; undefined where it never is. */
async function until(isSo: () => Promise<boolean>, ms: number): Promise<number | undefined> {
  const began = performance.now()
  while (performance.now() - began < ms) {
    if (await isSo()) return Math.round((performance.now() - began) / 1000)
    await sleep(200)
  }
  return undefined
}

/** Ends copse a moment after it told, beside the plan, of the step. */
async function killAt({ config, env }: World, host: string, step: RegExp): Promise<void> {
  const child = execa(launcher, ['-C', dirname(config), 'up', 'dev', '-l', host], {
    env,
    reject: false,
    cleanup: true,
  })
  let said = ''
  let isTold = false
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString()
    if (isTold || !step.test(said)) return
    isTold = true
    setTimeout(() => child.kill('SIGKILL'), 300)
  })
  await child
  expect(isTold, said).toBe(true)
}
