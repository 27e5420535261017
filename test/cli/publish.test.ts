/** The whole command line on a box of its own: namespaces, in whose kernel ports are published, and an engine without machines. */
import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { quote } from '../../src/lib/shell.ts'
import { type FakeEngine, fakeEngine } from '../../src/machines/incus/fake-engine.ts'
import { peerServer, separateBox } from '../fixture/separate-box.ts'
import { Copse, endOf } from './copse.ts'
import { help } from './help.ts'

const isRoot = process.getuid?.() === 0
const copse = new Copse()
const config = join(copse.directory, 'small', 'copse.config.ts')
let engine: FakeEngine
let said: ReadonlyMap<string, string>

const text = `import { balancer, defineEcosystem, incus, web } from 'copse'

export default defineEcosystem({
  name: 'small',
  environments: {
    dev: {
      machines: incus({ box: 'local' }),
      subnet: '10.61.0.0/24',
      domain: 'small.internal',
      publish: { 80: 'lb', 8443: { to: 'lb.https', from: ['203.0.113.0/24'] } },
    },
  },
  hosts: { lb: { at: 20, roles: [balancer()] }, web: { at: 24, roles: [web()] } },
})
`

/** A step is what one command prints between two lines of its name. */
const script = () => {
  const run = (step: string, ...words: readonly string[]) =>
    `echo "== ${step}"; ${copse.line(['-C', join(copse.directory, 'small'), ...words])} 2>&1; echo "code $?"`
  const now = [process.execPath, fileURLToPath(new URL('../fixture/publish-now.ts', import.meta.url)), config]
  return `set -e
${separateBox}
join outside out0 198.51.100.1 198.51.100.2
ip route add default via 198.51.100.2
join lb copse0000000a 10.61.0.1 10.61.0.20
mkfifo /run/ready
ip netns exec lb perl -e ${quote(peerServer)} 80 443 >/run/ready & server=$!
read -r ready </run/ready
set +e
${run('plan', 'plan', 'dev')}
${run('before', 'publish', 'dev')}
${run('doctor before', 'doctor', 'dev')}
${now.map(quote).join(' ')}
echo "== table"; nft list tables
${run('after', 'publish', 'dev')}
${run('document', 'publish', 'dev', '--json')}
${run('doctor after', 'doctor', 'dev')}
${run('destroy', 'destroy', 'dev', '--yes')}
echo "== table at last"; nft list tables
kill "$server"`
}

beforeAll(async () => {
  engine = await fakeEngine((call) => {
    if (call === 'GET /1.0') return { environment: { server_version: '5.0.2' } }
    return call.startsWith('GET /1.0/instances?') ? [] : undefined
  })
  if (!isRoot) return
  mkdirSync(join(copse.directory, 'small'))
  writeFileSync(config, text)
  const env = { PATH: process.env.PATH, HOME: copse.directory, LXD_DIR: engine.engine.directory }
  const { stdout, stderr } = await endOf(
    execFile('unshare', ['-nm', 'sh', '-c', script()], { env: { ...env, XDG_STATE_HOME: copse.state } }),
  )
  said = new Map(stdout.split('== ').map((part) => [part.split('\n')[0] ?? '', part]))
  expect(stderr).toBe('')
}, 300_000)

afterAll(async () => {
  await engine[Symbol.asyncDispose]()
  copse[Symbol.dispose]()
})

describe.runIf(isRoot)('what an environment publishes', () => {
  test('is planned, and said to be missing before up', () => {
    expect(said.get('plan')).toContain('+ port 80/tcp    leads to lb.http, for anybody\n')
    expect(said.get('plan')).toContain('+ port 8443/tcp  leads to lb.https, for 203.0.113.0/24\n')
    expect(said.get('before')).toMatch(/✗ 80\/tcp .*not published yet\n/)
    expect(said.get('before')).toContain('next: copse up dev\ncode 1')
    expect(said.get('doctor before')).toMatch(/publish +80\/tcp, 8443\/tcp: free to be published/)
  })

  test('is noted, shown with its address, and asked by the box', () => {
    expect(said.get('table')).toMatch(/table ip copse_publish_[0-9a-f]{8}\n/)
    expect(said.get('after')).toMatch(/✓ 80\/tcp +lb\.http +10\.61\.0\.20:80 +for anybody +answers\n/)
    expect(said.get('after')).toMatch(
      /✓ 8443\/tcp .*for 203\.0\.113\.0\/24 +closed to the box, which is none of/,
    )
    expect(said.get('after')).toContain('At 198.51.100.1, asked by the box itself.\ncode 0')
    expect(JSON.parse(said.get('document')?.split('\n')[1] ?? '')).toMatchObject({
      addresses: ['198.51.100.1'],
      ports: [
        { port: 80, state: 'published', answers: true, ok: true },
        { port: 8443, state: 'published', answers: false, ok: true },
      ],
      stale: [],
    })
    expect(said.get('doctor after')).toMatch(/publish +80\/tcp, 8443\/tcp\n/)
    expect(said.get('doctor after')).toMatch(
      /made by copse +port 80\/tcp published for dev of small \(nft table ip /,
    )
  })

  test('ends with the machines', () => {
    expect(said.get('destroy')).toContain('code 0')
    expect(said.get('table at last')).toBe('table at last\n')
  })
})

test('help of publish', async () => {
  expect(await help('publish')).toMatchInlineSnapshot(`
    "Usage: copse publish ENV [flags]

    what the box publishes of an environment, and whether it answers

    Options:
      -h, --help             print help

    What is published is in the config, \`publish: { 80: 'lb' }\`, and made
    so by \`copse up ENV\` of all hosts. The box asks its own address: what
    stands before it, such as a router, it cannot see. UDP is not asked.
    Exit codes: 0 all is as the config says and answers, 1 otherwise.
    "
  `)
})
