/** Two environments of two checkouts on one box: each works, and nothing of one is reachable from the other. */
import { mkdir } from 'node:fs/promises'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { claimSubnet } from '../fixture/subnets.ts'
import { runDirectory } from '../fixture/test-run.ts'
import { engineOf } from '../system/office/on-box.ts'
import { openPorts } from '../system/office/scan.ts'
import { makeWorld, type World } from '../system/office/world.ts'

const table = ['inet', 'copse_isolation']
let alpha: World
let beta: World

beforeAll(async () => {
  const home = join(runDirectory(), 'side')
  // Unprivileged machines reach their own root directory through this one.
  await mkdir(home, { mode: 0o711 })
  alpha = await makeEnvironment('alpha', home)
  beta = await makeEnvironment('beta', home)
}, 1_200_000)

afterAll(async () => {
  await beta?.[Symbol.asyncDispose]()
  await alpha?.[Symbol.asyncDispose]()
}, 240_000)

test("neither reaches the other's machines or gateway, and each reaches its own and the world", async () => {
  for (const [own, other] of [
    [alpha, beta],
    [beta, alpha],
  ] as const) {
    expect(await seenFrom(own, own)).toEqual(everything)
    expect(await seenFrom(own, other)).toEqual(nothing)
    expect((await inside(own, 'apt-get -qq update')).code).toBe(0)
  }
})

test("a scan of all ports finds a neighbour's, and none of the other environment's", {
  timeout: 900_000,
}, async () => {
  for (const [own, other] of [
    [alpha, beta],
    [beta, alpha],
  ] as const) {
    const onBox = engineOf(() => own)
    const from = await onBox.instance('one')
    const targets = [own, other].flatMap((world) => [world.address('two'), world.address('gateway')])
    const open = await openPorts(onBox, { from, targets, ports: '-' })
    expect(open).toContain(`${own.address('two')}:22`)
    expect(open.filter((door) => targets.slice(2).some((address) => door.startsWith(`${address}:`)))).toEqual(
      [],
    )
  }
})

test('the operator reaches both', async () => {
  for (const world of [alpha, beta]) {
    const verified = await world.copse('verify', 'dev')
    expect(verified.code, verified.stdout + verified.stderr).toBe(0)
  }
})

test('without the table one sees the other; doctor says so, and up puts it back', async () => {
  await execa('nft', ['delete', 'table', ...table])
  expect(await seenFrom(alpha, beta)).toEqual(everything)
  const doctor = await beta.copse('doctor', 'dev')
  expect(doctor.stdout).toContain('machines of other environments on this box can be reached')
  expect(doctor.code).toBe(1)
  const up = await beta.copse('up', 'dev')
  expect(up.code, up.stderr).toBe(0)
  expect(await seenFrom(alpha, beta)).toEqual(nothing)
  expect((await beta.copse('doctor', 'dev')).stdout).not.toContain('can be reached')
})

test('an environment that is purged takes its rule with it, and the other goes on', async () => {
  const [bridge = ''] = await bridgesOf(beta)
  expect((await execa('nft', ['list', 'table', ...table])).stdout).toContain(bridge)
  const purged = await beta.copse('destroy', 'dev', '--purge')
  expect(purged.code, purged.stderr).toBe(0)
  // Other environments of this box may keep the table.
  const listed = await execa('nft', ['list', 'table', ...table], { reject: false })
  expect(listed.stdout).not.toContain(bridge)
  expect(await seenFrom(alpha, alpha)).toEqual(everything)
})

const questions = ['ping a machine', 'ssh of a machine', 'ping the gateway', 'dns of the gateway'] as const
const everything = Object.fromEntries(questions.map((question) => [question, true]))
const nothing = Object.fromEntries(questions.map((question) => [question, false]))

/** What the first machine of one can reach of another. */
async function seenFrom(from: World, to: World): Promise<Readonly<Record<string, boolean>>> {
  const [machine, gateway] = [to.address('two'), to.address('gateway')]
  const asked = await inside(
    from,
    `ping -q -c 1 -W 2 ${machine} >/dev/null; echo $?
timeout 2 bash -c '</dev/tcp/${machine}/22' 2>/dev/null; echo $?
ping -q -c 1 -W 2 ${gateway} >/dev/null; echo $?
dig +time=1 +tries=1 @${gateway} version.bind txt ch >/dev/null; echo $?`,
  )
  const codes = asked.stdout.trim().split('\n')
  expect(codes, asked.stderr).toHaveLength(questions.length)
  return Object.fromEntries(questions.map((question, index) => [question, codes[index] === '0']))
}

/** A line of shell on the first machine. */
const inside = (world: World, script: string) => world.copse('ssh', 'dev', 'one', '--', script)

async function bridgesOf(world: World): Promise<readonly string[]> {
  const gateway = world.address('gateway')
  return Object.entries(networkInterfaces()).flatMap(([name, list = []]) =>
    list.some(({ address }) => address === gateway) ? [name] : [],
  )
}

/** Two machines without roles, in the engine that both environments share; without firewalls, so that only the box keeps them apart. */
async function makeEnvironment(name: string, home: string): Promise<World> {
  const subnet = await claimSubnet()
  const world = await makeWorld({
    text: `import { base, defineEcosystem, incus } from 'copse'

const open = base({ firewall: false })

export default defineEcosystem({
  name: '${name}',
  environments: {
    dev: { machines: incus({ box: 'local' }), subnet: '${subnet.net}.0/24', domain: '${name}.internal' },
  },
  hosts: { one: { at: 20, roles: [open] }, two: { at: 21, roles: [open] } },
})
`,
    env: { LXD_DIR: join(home, 'engine') },
    addresses: { one: `${subnet.net}.20`, two: `${subnet.net}.21`, gateway: `${subnet.net}.1` },
    async end(ending) {
      const purged = await ending.copse('destroy', 'dev', '--purge')
      await subnet.release()
      if (purged.code !== 0) throw new Error(purged.stderr)
    },
  })
  const up = await world.copse('up', 'dev')
  expect(up.code, up.stdout + up.stderr).toBe(0)
  console.info(`up ${name}: ${up.ms} ms`)
  return world
}
