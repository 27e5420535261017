import { createServer } from 'node:http'
import { execa } from 'execa'
import { expect, test } from 'vitest'
import { office, officeHost, www } from '../../../test/fixture/office.ts'
import { appRole } from '../app.ts'
import { settingsOf } from './settings.ts'
import { launcher, unitFile } from './units.ts'

const [web] = www.processes
const mail = { name: 'mail', run: 'node mail.ts', instances: 1 }
const host = officeHost('web1')
const environment = { ...office, apps: [{ ...www, processes: [...www.processes, mail] }] }

test('each instance of web has a door, and other processes have none', () => {
  const role = appRole({ ...environment.apps[0], ...www, place: host.place })
  expect(role.name).toBe('www')
  expect(role.endpoints()).toEqual({
    http: { port: 8000, protocol: 'tcp', tls: false },
    'http-2': { port: 8001, protocol: 'tcp', tls: false },
  })
  expect(role.flows(environment, host)).toEqual([{ from: 'web1', to: 'ci.artifacts' }])
})

test('a unit runs as the account of its app, from the present release, and has started once it is healthy', () => {
  const text = unitFile({ ...www, memory: 128, checks: ['/first'] }, web ?? mail, host)
  for (const line of [
    'User=app-www',
    'WorkingDirectory=/srv/apps/www/current/app',
    'EnvironmentFile=/srv/apps/www/current/env',
    'ExecStart=/bin/sh /usr/local/lib/copse/apps/www %i',
    'ExecStartPost=/usr/bin/perl /usr/local/lib/copse/ready.pl 10.61.0.24 8000 %i /ready /first',
    'TimeoutStopSec=11',
    'MemoryMax=128M',
  ])
    expect(text.split('\n')).toContain(line)
  const other = unitFile(www, mail, host)
  expect(other).not.toContain('ready.pl')
  expect(other).not.toContain('MemoryMax')
  expect(other).toContain('/usr/local/lib/copse/apps/www-mail %i')
})

test('a program is given the port of its instance, and finds programs of its own', async () => {
  const text = launcher(www, { name: 'web', run: `sh -c 'echo "$PORT $PATH"'`, instances: 2 })
  const { stdout } = await execa('sh', ['-s', '2'], { input: text, cwd: '/usr' })
  expect(stdout).toBe('8001 /usr/node_modules/.bin:/usr/local/bin:/usr/bin:/bin')
  expect(launcher(www, mail)).not.toContain('PORT')
})

test("the host's program is told what there is", () => {
  const store = { name: 'artifacts', role: 'ci', port: 8443, protocol: 'tcp', tls: true } as const
  const withStore = { ...office, hosts: [{ ...host, fqdn: 'devci.office.internal', endpoints: [store] }] }
  const around = {
    environment: withStore,
    account: 'app-www',
    units: ['www@1', 'www@2'],
    inputs: ['/a', '/b'],
  }
  expect(settingsOf(www, around)).toBe(
    `app=www
account=app-www
store=https://devci.office.internal:8443
authority=/etc/copse/tls/ca.crt
units=www@1 www@2
inputs=/a /b
`,
  )
})

test('an instance is waited for until it is healthy and used to what it is asked, and no longer than it runs', async () => {
  const ready = new URL('host/ready.pl', import.meta.url).pathname
  const asked: (string | undefined)[] = []
  const server = createServer(({ url }, response) => {
    asked.push(url)
    response.writeHead(asked.length < 3 ? 503 : url === '/ready' ? 200 : 500).end('x'.repeat(100_000))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0
  const words = ['127.0.0.1', String(port - 1), '2', '/ready', '/first']
  const ask = (pid: number | undefined) =>
    execa('perl', [ready, ...words], { env: { MAINPID: String(pid) }, reject: false })
  expect((await ask(process.pid)).exitCode).toBe(0)
  expect(asked.slice(0, 5)).toEqual(['/ready', '/ready', '/ready', '/first', '/first'])
  expect(asked.length).toBeLessThanOrEqual(63)
  server.close()
  const dead = await execa('true').then(() => execa('sh', ['-c', 'echo $$']))
  const { exitCode, stderr } = await ask(Number(dead.stdout))
  expect([exitCode, stderr]).toEqual([3, 'the process ended before /ready was answered'])
})
