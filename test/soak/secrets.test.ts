/** Secrets and certificates on a real server: where their values are, and that a change of them arrives once. */
import { randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { PlainServer } from '../fixture/plain-server.ts'
import { type PlainServers, plainServers } from '../fixture/plain-servers.ts'
import { makeWorld, type World } from '../system/office/world.ts'
import { well } from './people/cast.ts'

const slow = { timeout: 240_000 }
let fixture: PlainServers
let server: PlainServer
let world: World
/** All that copse has said. */
let said = ''

beforeAll(async () => {
  fixture = await plainServers()
  server = await fixture.server({ name: 'plain-secrets', release: 13, sudo: false })
  const text = configText()
  const made = await makeWorld({ text, addresses: { one: server.address }, end: async () => undefined })
  world = {
    ...made,
    async copse(...args) {
      const called = await made.copse(...args)
      if (args[0] !== 'secrets') said += called.stdout + called.stderr
      return called
    },
    [Symbol.asyncDispose]: () => made[Symbol.asyncDispose](),
  }
}, 600_000)

afterAll(async () => {
  await world?.[Symbol.asyncDispose]()
  await fixture?.[Symbol.asyncDispose]()
}, 120_000)

const value = async () => (await world.copse('secrets', 'dev', 'get', 'app-key')).stdout
const onHost = async (script: string) => (await server.exec(script)).stdout.trim()
const planFile = () => join(dirname(world.config), 'one.plan')

test(
  'a plan that was saved before its secrets were made is refused, and then they are there',
  slow,
  async () => {
    await well(world.copse('plan', 'dev', '--out', planFile()))
    const refused = await world.copse('apply', planFile())
    expect([refused.code, refused.stderr]).toEqual([5, expect.stringContaining('before its secrets were')])
    expect(await value()).toMatch(/^[A-Za-z0-9]{40}$/)
  },
)

test(
  'up puts the value into its file, proves the server’s certificate, and has nothing to do again',
  slow,
  async () => {
    const key = await value()
    await well(world.copse('up', 'dev'))
    expect(await value()).toBe(key)
    expect(await onHost('cat /etc/app.env; stat -c "%a %U" /etc/app.env')).toBe(`KEY=${key}\n600 root`)
    const verify = await world.copse('verify', 'dev')
    expect(verify.stdout).toMatch(/tls one\.\S+:8443 .*valid for (29|30) days/)
    await well(world.copse('plan', 'dev', '--detailed-exitcode'))
  },
)

test(
  'another value is no part of an old plan, arrives with the next up, and restarts its unit once',
  slow,
  async () => {
    await server.exec('rm /etc/app.env')
    await well(world.copse('plan', 'dev', '--out', planFile()))
    const before = await onHost('systemctl show -p InvocationID --value app')
    await well(world.copse('secrets', 'dev', 'set', 'app-key', '--generate'))
    const refused = await world.copse('apply', planFile())
    expect([refused.code, refused.stdout + refused.stderr]).toEqual([
      5,
      expect.stringContaining('another secret than when the plan was made'),
    ])
    expect(await onHost('test -e /etc/app.env || echo none')).toBe('none')
    await well(world.copse('up', 'dev'))
    const after = await onHost('systemctl show -p InvocationID --value app')
    expect(after).not.toBe(before)
    expect(await onHost('cat /etc/app.env')).toBe(`KEY=${await value()}`)
    await well(world.copse('up', 'dev'))
    expect(await onHost('systemctl show -p InvocationID --value app')).toBe(after)
  },
)

test('a step that fails with the value in what it prints shows it to nobody', slow, async () => {
  await world.edit(': look', '{ cat %s >&2; false; }')
  await world.copse('secrets', 'dev', 'set', 'app-key', '--generate')
  const up = await world.copse('up', 'dev')
  expect(up.code).toBe(1)
  expect(up.stdout + up.stderr).toContain('KEY=[secret]')
  await world.edit('{ cat %s >&2; false; }', ': look')
  await well(world.copse('up', 'dev'))
})

test(
  'the value is in its file on the host and nowhere else, and the authority’s key on no host',
  slow,
  async () => {
    const key = await value()
    await well(world.copse('plan', 'dev', '--out', planFile()))
    await well(world.copse('config', 'dev'))
    const ca = (await world.copse('secrets', 'dev', 'get', 'ca-key')).stdout.split('\n')[1] ?? ''
    const root = dirname(dirname(world.config))
    const files = (await readdir(root, { recursive: true, withFileTypes: true })).filter((entry) =>
      entry.isFile(),
    )
    const texts = await Promise.all(
      files.map(({ parentPath, name }) => readFile(join(parentPath, name), 'latin1')),
    )
    expect(files.length).toBeGreaterThan(5)
    for (const secret of [key, ca]) {
      expect(secret.length).toBeGreaterThan(30)
      for (const form of [
        secret,
        Buffer.from(secret).toString('base64'),
        Buffer.from(secret).toString('hex'),
      ]) {
        expect(said).not.toContain(form)
        expect(texts.filter((text) => text.includes(form))).toEqual([])
        const places = `grep -rlsF ${form} /etc /run /var /root /tmp /home | sort; journalctl --no-pager | grep -cF ${form}`
        expect(await onHost(places)).toBe(form === key ? '/etc/app.env\n0' : '0')
      }
    }
  },
)

test('no program is started with the value among its words or variables, here or on the host, but the app itself', {
  timeout: 600_000,
}, async () => {
  const core = randomBytes(16).toString('hex')
  const traced = async (words: readonly string[], input?: string) => {
    const trace = join(dirname(world.config), 'trace')
    const line = [...strace, '-o', trace, copse, '-C', dirname(world.config), ...words]
    const ended = await execa(line[0] ?? '', line.slice(1), {
      env: world.env,
      reject: false,
      input: input ?? '',
    })
    return { ...ended, programs: await readFile(trace, 'utf8') }
  }
  await onHost('apt-get -qq install strace 2>&1')
  await onHost(
    `systemd-run --quiet --unit=trace ${strace.join(' ')} -o /dev/shm/trace -p 1 $(pgrep -f 'sshd.*-D' | sed 's/^/-p /'); sleep 1`,
  )
  // Quotes, ampersands and percents look different in JSON, URLs and shells; what is between them does not.
  const set = await traced(['secrets', 'dev', 'set', 'app-key'], `"${core}&%20'`)
  expect(set.exitCode, set.stderr).toBe(0)
  const up = await traced(['up', 'dev'])
  expect(up.exitCode, up.stderr).toBe(0)
  await world.edit(': look', '{ cat %s >&2; false; }')
  await server.exec('rm /etc/app.env')
  const failed = await traced(['up', 'dev'])
  expect(failed.exitCode).toBe(1)
  await world.edit('{ cat %s >&2; false; }', ': look')
  const all = [set, up, failed, await traced(['up', 'dev']), await traced(['verify', 'dev'])]
  await onHost('systemctl stop trace')
  const started = (await onHost('cat /dev/shm/trace; rm /dev/shm/trace')).split('\n')
  const here = all.flatMap(({ programs }) => programs.split('\n'))
  console.info(`programs started: ${here.length} here, ${started.length} on the host`)
  expect(here.length).toBeGreaterThan(20)
  expect(started.length).toBeGreaterThan(50)
  const ofApp = started.filter((line) => line.includes('execve("/bin/sleep"'))
  expect(ofApp.some((line) => line.includes(core))).toBe(true)
  const rest = started.filter((line) => !ofApp.includes(line))
  const outputs = all.map(({ stdout, stderr }) => `${stdout}${stderr}`)
  for (const form of formsOf(core))
    expect([...here, ...rest, ...outputs].filter((line) => line.includes(form))).toEqual([])
})

const copse = fileURLToPath(new URL('../../copse', import.meta.url))

/** With whole words and variables. */
const strace = ['strace', '-f', '-qq', '-v', '-s', '1000000', '-e', 'trace=execve,execveat']

/** As it stands, in hex, and in base64 wherever it begins. */
function formsOf(text: string): readonly string[] {
  const shifted = [0, 1, 2].map((offset) =>
    Buffer.from(`${' '.repeat(offset)}${text}`)
      .toString('base64')
      .slice(4, -4),
  )
  return [text, Buffer.from(text).toString('hex'), ...shifted]
}

function configText(): string {
  const { address, user, identityFile, hostKey } = server
  const octets = address.split('.')
  return `import { certificate, defineEcosystem, existing, file, probe, secret, secretText, unit } from 'copse'

const tls = '/etc/copse/tls/web'
export default defineEcosystem({
  name: 'vault',
  environments: {
    dev: {
      machines: existing({ servers: { one: ${JSON.stringify({ address, user, identityFile, hostKey })} } }),
      subnet: '${octets.slice(0, 3).join('.')}.0/24',
      domain: 'vault.internal',
      resolvers: ['${octets.slice(0, 3).join('.')}.1'],
    },
  },
  hosts: {
    one: {
      at: ${octets[3]},
      roles: [],
      resources: ({ host }) => [
        file('/etc/app.env', {
          content: secretText\`KEY=\${secret('app-key', { generate: 40 })}\\n\`,
          validate: 'test -s %s && : look',
        }),
        unit('app', {
          file: '[Service]\\nEnvironmentFile=/etc/app.env\\nExecStart=/bin/sleep infinity\\n[Install]\\nWantedBy=multi-user.target\\n',
          restartOn: ['/etc/app.env'],
        }),
        certificate('web', { host }),
        unit('web', {
          file: \`[Service]\\nExecStart=openssl s_server -quiet -accept 8443 -cert \${tls}.pem -key \${tls}.pem\\n[Install]\\nWantedBy=multi-user.target\\n\`,
          restartOn: [\`\${tls}.crt\`],
        }),
      ],
      probes: ({ host }) => [probe.tls(host, 8443)],
    },
  },
})
`
}
