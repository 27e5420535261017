/** Each service broken in turn: exactly those probes go red that need it, derived from the definition, and no other. */
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { z } from 'zod'
import type { Endpoint } from '../../../src/model/environment.ts'
import type { Probe } from '../../../src/model/probe.ts'
import { type Definition, needs, notices, type Service, servicesOf } from './needs.ts'
import { age } from './old-certificate.ts'
import type { World } from './world.ts'

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
    expect(wanted.length, what).toBeGreaterThan(0)
    const found = await reds()
    const said = found.map(({ probe, from, detail }) => `${probe} from ${from}: ${detail}`)
    expect(
      found.map(({ probe, from }) => `${probe} from ${from}`).sort(),
      `${what}\n${said.join('\n')}`,
    ).toEqual(wanted.map(titleOf).sort())
    for (const { probe, detail } of found) expect(detail, probe).not.toBe('')
    console.info(`${what}: ${found.length} red, such as ${found[0]?.probe}: ${found[0]?.detail}`)
  }
  /** What is kept of a host's lines is red once the newest is too old; a balancer sends nobody there after some seconds. */
  const settles = ({ role }: Service) => sleep(role === 'logs' ? 155_000 : 12_000)
  const isMeant = ({ host, role }: Service) => only?.includes(`${host}.${role}`) ?? true

  test('each service whose ports are blocked', { timeout: 3_600_000 }, async () => {
    const defined = await definition()
    const { environment, hosts } = defined
    const probes = hosts.flatMap((host) => host.probes)
    for (const service of servicesOf(environment).filter(isMeant)) {
      const wanted = probes.filter((probe) => needs(probe, defined, service))
      await on(service.host, `nft -f - <<'E'\n${blockade(service.endpoints)}E`)
      try {
        await settles(service)
        await expectReds(wanted, `${titleOfService(service)} blocked`)
      } finally {
        await on(service.host, 'nft delete table inet blockade')
      }
      await heals()
    }
  })

  test('each service whose units are stopped', { timeout: 3_600_000 }, async () => {
    const defined = await definition()
    const { environment, hosts } = defined
    const probes = hosts.flatMap((host) => host.probes)
    for (const service of servicesOf(environment).filter(isMeant)) {
      const units = await unitsOf(service)
      const doors = (await on(service.host, doorsOf(units))).split('\n')
      const closed = service.endpoints.filter(({ port, protocol }) => doors.includes(`${protocol} ${port}`))
      const wanted = probes.filter(
        (probe) =>
          needs(probe, defined, { ...service, endpoints: closed }) || isOfUnit(probe, service.host, units),
      )
      await on(service.host, `systemctl stop ${units.join(' ')}`)
      try {
        await settles(service)
        await expectReds(wanted, `${titleOfService(service)}, ${units.join(' ')} stopped`)
      } finally {
        await on(service.host, `systemctl start ${units.join(' ')}`)
      }
      await heals()
    }
    const up = await world().copse('up', 'dev')
    expect(up.stdout + up.stderr).toContain('No changes')
  })

  test('each service whose certificate has expired; up gives it another', {
    timeout: 3_600_000,
  }, async () => {
    const defined = await definition()
    const { environment, hosts } = defined
    const probes = hosts.flatMap((host) => host.probes)
    for (const service of servicesOf(environment).filter(isMeant)) {
      const unit = readerOf(service, hosts)
      if (unit === undefined) continue
      const endpoints = service.endpoints.filter(({ tls }) => tls)
      const wanted = probes.filter((probe) =>
        needs(probe, defined, { ...service, endpoints, isNoticed: notices.expired }),
      )
      await age(world(), { host: service.host, name: service.role, unit }, 31)
      // Whoever is connected already would go on.
      await on(service.host, `systemctl restart ${unit}`)
      await settles(service)
      await expectReds(wanted, `${titleOfService(service)}, certificate expired`)
      const up = await world().copse('up', 'dev')
      expect(up.code, up.stdout + up.stderr).toBe(0)
      await heals()
    }
  })

  test('a password that somebody changed by hand; up puts it right', { timeout: 300_000 }, async () => {
    const defined = await definition()
    const { environment, hosts } = defined
    const service =
      servicesOf(environment).find(({ role }) => role === 'postgres') ?? expect.fail('no database')
    const wanted = hosts
      .flatMap(({ probes }) => probes)
      .filter((probe) => needs(probe, defined, { ...service, isNoticed: notices.locked }))
    await onDatabase(service.host, "ALTER ROLE repo PASSWORD 'guessed'")
    // Whoever is logged in already would go on.
    await onDatabase(
      service.host,
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'repo'",
    )
    await expectReds(wanted, 'wrong password')
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

  const onDatabase = (host: string, sql: string) => on(host, `cd /; runuser -u postgres -- psql -qc "${sql}"`)

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

function titleOfService({ host, role }: Service): string {
  return `${role} of ${host}`
}

function titleOf({ name, from }: Probe): string {
  return `${name} from ${from === 'operator' ? from : from.host}`
}

/** The unit of its host that reads the certificate of a service; undefined where that has none. */
function readerOf({ host, role }: Service, hosts: Definition['hosts']): string | undefined {
  const resources = hosts.find((one) => one.host.name === host)?.resources ?? []
  const isReader = ({ kind, spec }: (typeof resources)[number]) =>
    kind === 'unit' && JSON.stringify(spec).includes(`/etc/copse/tls/${role}.crt`)
  return resources.find(isReader)?.key
}

function isOfUnit({ kind, to, spec }: Probe, host: string, units: readonly string[]): boolean {
  const { unit } = z.looseObject({ unit: z.string().optional() }).parse(spec)
  return kind === 'unit' && to === host && units.some((name) => name.replace(/\.service$/, '') === unit)
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
