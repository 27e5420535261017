/** Each service broken in turn: exactly those probes go red that need it, derived from the definition, and no other. */
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { z } from 'zod'
import type { DesiredHost } from '../../../src/model/desired.ts'
import type { Endpoint, Environment } from '../../../src/model/environment.ts'
import type { Probe } from '../../../src/model/probe.ts'
import type { World } from './world.ts'

interface Definition {
  readonly environment: Environment
  readonly hosts: readonly DesiredHost[]
}

/** The endpoints that one role has on one host. */
interface Service {
  readonly host: string
  readonly role: string
  readonly endpoints: readonly Endpoint[]
}

const report = z.object({
  verdicts: z.array(z.object({ probe: z.string(), from: z.string(), ok: z.boolean(), detail: z.string() })),
})

/** `HOST.ROLE` of each service; the long form breaks all of them, in each way. */
export function broken(world: () => World, only?: readonly string[]): void {
  const definition = async (): Promise<Definition> =>
    JSON.parse((await world().copse('config', 'dev')).stdout)
  const on = async (host: string, command: string) => {
    const { code, stdout, stderr } = await world().copse('exec', 'dev', '-l', host, '--', command)
    expect(code, stderr).toBe(0)
    return stdout.trim()
  }
  const reds = async () => {
    const { stdout, stderr } = await world().copse('verify', 'dev', '--json')
    expect(stdout, stderr).not.toBe('')
    return report.parse(JSON.parse(stdout)).verdicts.filter(({ ok }) => !ok)
  }
  /** What could not be brought meanwhile is brought within seconds. */
  const heals = async () => {
    const began = performance.now()
    for (;;) {
      const left = await reds()
      if (left.length === 0) return
      if (performance.now() - began > 90_000) expect(left).toEqual([])
      await sleep(2000)
    }
  }
  const expectReds = async (wanted: readonly Probe[], what: string) => {
    const found = await reds()
    const said = found.map(({ probe, from, detail }) => `${probe} from ${from}: ${detail}`)
    expect(
      found.map(({ probe, from }) => `${probe} from ${from}`).sort(),
      `${what}\n${said.join('\n')}`,
    ).toEqual(wanted.map(titleOf).sort())
    for (const { probe, detail } of found) expect(detail, probe).not.toBe('')
    console.info(`${what}: ${found.length} red, such as ${found[0]?.probe}: ${found[0]?.detail}`)
  }
  /** What is kept of a host's lines is red once the newest is too old. */
  const letLinesAge = async (service: Service) => {
    if (service.role === 'logs') await sleep(155_000)
  }
  const isMeant = ({ host, role }: Service) => only?.includes(`${host}.${role}`) ?? true

  test('each service whose ports are blocked', { timeout: 1_800_000 }, async () => {
    const { environment, hosts } = await definition()
    const probes = hosts.flatMap((host) => host.probes)
    for (const service of servicesOf(environment).filter(isMeant)) {
      const wanted = probes.filter((probe) => needs(probe, environment, service, service.endpoints))
      expect(wanted.length, titleOfService(service)).toBeGreaterThan(0)
      await on(service.host, `nft -f - <<'E'\n${blockade(service.endpoints)}E`)
      try {
        await letLinesAge(service)
        await expectReds(wanted, `${titleOfService(service)} blocked`)
      } finally {
        await on(service.host, 'nft delete table inet blockade')
      }
      await heals()
    }
  })

  test('each service whose units are stopped', { timeout: 1_800_000 }, async () => {
    const { environment, hosts } = await definition()
    const probes = hosts.flatMap((host) => host.probes)
    for (const service of servicesOf(environment).filter(isMeant)) {
      const units = await unitsOf(service)
      const doors = (await on(service.host, doorsOf(units))).split('\n')
      const closed = service.endpoints.filter(({ port, protocol }) => doors.includes(`${protocol} ${port}`))
      const wanted = probes.filter(
        (probe) => needs(probe, environment, service, closed) || isOfUnit(probe, service.host, units),
      )
      await on(service.host, `systemctl stop ${units.join(' ')}`)
      try {
        await letLinesAge(service)
        await expectReds(wanted, `${titleOfService(service)}, ${units.join(' ')} stopped`)
      } finally {
        await on(service.host, `systemctl start ${units.join(' ')}`)
      }
      await heals()
    }
    const up = await world().copse('up', 'dev')
    expect(up.stdout + up.stderr).toContain('No changes')
  })

  test('a password that somebody changed by hand; up puts it right', { timeout: 300_000 }, async () => {
    const { hosts } = await definition()
    const isIn = ({ kind, expect: wanted }: Probe) => kind === 'postgres' && wanted === 'answers'
    await on('db', `cd /; runuser -u postgres -- psql -qc "ALTER ROLE repo PASSWORD 'guessed'"`)
    await expectReds(hosts.flatMap(({ probes }) => probes).filter(isIn), 'wrong password')
    const up = await world().copse('up', 'dev')
    expect(up.code, up.stdout + up.stderr).toBe(0)
  })

  test('a full disk under the journals; once there is room, all lines are there', {
    timeout: 300_000,
  }, async () => {
    const { hosts } = await definition()
    const receivers = "systemctl stop 'copse-log@*.service'"
    const fill = 'mount -t tmpfs -o size=64k,mode=0777 full /srv/journals'
    await on('log', `${fill}; ${receivers}`)
    try {
      const isLog = ({ kind }: Probe) => kind === 'log-sent' || kind === 'log-kept'
      await expectReds(hosts.flatMap(({ probes }) => probes).filter(isLog), 'disk full')
      await on('web1', 'logger written while the disk was full')
    } finally {
      await on('log', `umount /srv/journals; ${receivers}`)
    }
    await heals()
    const { stdout } = await world().copse(
      'logs',
      'dev',
      '-l',
      'web1',
      '-g',
      'written while the disk was full',
    )
    expect(stdout).toContain('written while the disk was full')
  })

  /** Who listens on the ports of a service, and what would start that again. */
  const unitsOf = async ({ host, endpoints }: Service): Promise<readonly string[]> => {
    const ports = endpoints.map(({ port }) => `sport = :${port}`).join(' or ')
    const owners = await on(
      host,
      `ss -Hltunp '( ${ports} )' | grep -o 'pid=[0-9]*' | cut -d= -f2 | sort -u | xargs -n1 ps -o unit= -p | sort -u`,
    )
    const units = owners.split('\n').map((unit) => unit.trim())
    const triggers = await on(host, `systemctl show -p TriggeredBy --value -- ${units.join(' ')}`)
    return [...triggers.split(/\s+/).filter((unit) => unit !== ''), ...units]
  }
}

function servicesOf({ hosts }: Environment): readonly Service[] {
  return hosts.flatMap(({ name, endpoints }) =>
    [...Map.groupBy(endpoints, ({ role }) => role)]
      // Without SSH nothing can be asked, which is told as such and not as red probes.
      .filter(([role]) => role !== 'base')
      .map(([role, own]) => ({ host: name, role, endpoints: own })),
  )
}

function titleOfService({ host, role }: Service): string {
  return `${role} of ${host}`
}

function titleOf({ name, from }: Probe): string {
  return `${name} from ${from === 'operator' ? from : from.host}`
}

/** What is to be closed stays closed; only that somebody is refused can no longer be seen. */
function needs(
  probe: Probe,
  environment: Environment,
  service: Service,
  endpoints: readonly Endpoint[],
): boolean {
  const used = usedBy(probe, environment)
  return (
    (probe.expect === 'answers' || probe.kind === 'postgres') &&
    endpoints.some(({ port }) => used.includes(`${addressOf(environment, service.host)}:${port}`))
  )
}

function isOfUnit({ kind, to, spec }: Probe, host: string, units: readonly string[]): boolean {
  const { unit = '' } = fields.parse(spec)
  return kind === 'unit' && to === host && units.some((name) => name.replace(/\.service$/, '') === unit)
}

function addressOf({ hosts }: Environment, host: string): string {
  return hosts.find(({ name }) => name === host)?.address ?? expect.fail(`no host ${host}`)
}

const fields = z.looseObject({
  address: z.string().optional(),
  port: z.number().optional(),
  url: z.string().optional(),
  server: z.string().optional(),
  statsd: z.number().optional(),
  page: z.number().optional(),
  run: z.string().optional(),
  unit: z.string().optional(),
})

/** The ports, `ADDRESS:PORT`, that a probe asks at, by what it was told. */
function usedBy(probe: Probe, { hosts }: Environment): readonly string[] {
  const { address, port, url, server, statsd, page, run } = fields.parse(probe.spec)
  const to = hosts.find(({ name }) => name === probe.to) ?? expect.fail(probe.to)
  const doorOfRole = (endpoint: string) =>
    to.endpoints.filter(({ name }) => name === endpoint).map((door) => `${to.address}:${door.port}`)
  switch (probe.kind) {
    case 'http':
      return [`${address}:${portOf(new URL(url ?? ''))}`]
    case 'dns':
      return [`${server}:53`]
    case 'statsd':
      return [`${address}:${statsd}`, `${address}:${page}`, ...doorOfRole('carbon')]
    case 'postgres':
      return [`${hosts.find(({ fqdn }) => fqdn === server)?.address}:${port}`]
    case 'log-sent':
    case 'log-kept':
      return doorOfRole('journal')
    case 'ci':
      return doorOfRole('page')
    case 'command':
      return [...(run ?? '').matchAll(/[\w.]+:(\d+)\//g)].map(([, own]) => `${to.address}:${own}`)
    default:
      return [`${address}:${port}`]
  }
}

function portOf({ port, protocol }: URL): string {
  return port || (protocol === 'https:' ? '443' : '80')
}

function blockade(endpoints: readonly Endpoint[]): string {
  const rules = endpoints.map(({ protocol, port }) => `    ${protocol} dport ${port} drop\n`)
  return `table inet blockade {
  chain input {
    type filter hook input priority -300; policy accept;
${rules.join('')}  }
}
`
}

/** The ports, `tcp 80`, that units listen on. */
function doorsOf(units: readonly string[]): string {
  return `ss -Hltunp | while read -r protocol _ _ _ local rest; do
  pid=$(echo "$rest" | grep -o 'pid=[0-9]*' | head -n 1 | cut -d= -f2)
  case " ${units.join(' ')} " in *" $(ps -o unit= -p "$pid") "*) echo "$protocol \${local##*:}" ;; esac
done | sort -u`
}
