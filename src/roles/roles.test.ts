import { balancer, base, dns, type Endpoint, type Environment, metrics, web } from 'copse'
import { describe, expect, test } from 'vitest'
import { ids } from '../../test/fixture/ids.ts'
import { measured, office, officeHost, www } from '../../test/fixture/office.ts'

function namesOf(list: readonly { readonly name: string }[]): readonly string[] {
  return list.map(({ name }) => name)
}

describe('base', () => {
  const lb = officeHost('lb')

  test('an operator account comes with the first person, and with it sudo', () => {
    expect(ids(base().resources(office, lb))).toEqual(
      expect.arrayContaining([
        'package sudo',
        'user ops',
        'authorized-keys ops',
        'file /etc/sudoers.d/copse',
      ]),
    )
    const nobody = ids(base().resources({ ...office, people: [] }, lb)).join()
    expect(nobody).not.toMatch(/\bops\b|sudo/)
  })

  test('people enter by the account that copse itself comes in by, where that has its name', () => {
    const provider = { provider: 'existing', defaults: { user: 'ops' }, servers: {} } as const
    const existing: Environment = { ...office, provider }
    expect(ids(base().resources(existing, lb))).toEqual(
      expect.arrayContaining(['user ops', 'authorized-keys ops']),
    )
  })

  test('time is kept on servers that copse did not make, and where it is asked for', () => {
    const existing: Environment = { ...office, provider: { provider: 'existing', defaults: {}, servers: {} } }
    expect(ids(base().resources(existing, lb))).toContain('package chrony')
    expect(ids(base().resources(office, lb))).not.toContain('package chrony')
    expect(ids(base({ timeSync: 'chrony' }).resources(office, lb))).toContain('package chrony')
    expect(ids(base({ timeSync: 'none' }).resources(existing, lb))).not.toContain('package chrony')
  })

  test('the resolver is switched last', () => {
    expect(ids(base().resources(office, lb))).not.toContain('file /etc/resolv.conf')
    expect(ids(base().finish(office, lb, []))).toEqual(['file /etc/resolv.conf'])
  })

  test('packages stand side by side, so that they are installed at once', () => {
    const kinds = ids(base().resources(office, lb)).map((id) => id.split(' ')[0])
    expect(kinds.slice(kinds.indexOf('package'), kinds.lastIndexOf('package') + 1)).not.toContain('file')
  })

  test('figures are sent where the environment keeps them, unless it is told not to', () => {
    expect(ids(base().resources(measured, lb))).toEqual(
      expect.arrayContaining(['package collectd-core', 'file /etc/collectd/collectd.conf', 'unit collectd']),
    )
    expect(base().flows(measured, lb)).toContainEqual({ from: 'lb', to: 'log.carbon' })
    for (const [role, environment] of [
      [base(), office],
      [base({ metrics: false }), measured],
    ] as const) {
      expect(ids(role.resources(environment, lb)).join()).not.toMatch(/collectd/)
      expect(JSON.stringify(role.flows(environment, lb))).not.toContain('carbon')
    }
  })

  test('a host asks its probes by itself where somebody is told, unless it is told not to', () => {
    expect(ids(base().finish(measured, lb, []))).toEqual(
      expect.arrayContaining(['file /etc/copse/questions', 'unit copse-monitor.timer']),
    )
    expect(ids(base().finish(office, lb, [])).join()).not.toMatch(/monitor/)
    expect(ids(base({ monitor: false }).finish(measured, lb, [])).join()).not.toMatch(/monitor/)
  })

  test('hosts whose addresses follow each other ask theirs far apart', () => {
    const seconds = Array.from({ length: 7 }, (_, index) => {
      const host = { ...lb, address: `10.61.0.${20 + index}` }
      const made = JSON.stringify(base().finish(measured, host, []))
      return Number(made.match(/OnCalendar=\*-\*-\* \*:\*:(\d\d)/)?.[1])
    }).toSorted((a, b) => a - b)
    const gaps = seconds.map((second, index) => (seconds[index + 1] ?? (seconds[0] ?? 0) + 60) - second)
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(5)
  })

  test('root is no operator', () => {
    expect(base({ operator: 'root' }).problems).toEqual([
      { path: ['operator'], message: "root's keys are the provider's" },
    ])
  })
})

describe('dns', () => {
  const probes = dns().probes(office, officeHost('dns'))

  test('every name and address is asked for by the operator and by another host', () => {
    const asked = (from: unknown) =>
      namesOf(
        probes.filter((probe) => probe.kind === 'dns' && JSON.stringify(probe.from) === JSON.stringify(from)),
      )
    const all = ['devlb', 'lb', 'www', 'cdn', 'devdns', 'dns', 'devweb1', 'web1', 'devweb2', 'web2']
      .map((label) => `dns ${label}.office.internal`)
      .concat(['20', '21', '24', '25'].map((last) => `dns 10.61.0.${last}`))
    expect(asked({ host: 'lb' })).toEqual(all)
    expect(asked('operator')).toEqual([...all, 'dns copse-none.office.internal'])
  })

  test('a name that two hosts share has both addresses', () => {
    const hosts = office.hosts.map((host) => (host.group === 'web' ? { ...host, names: ['app'] } : host))
    const shared = dns().probes({ ...office, hosts }, officeHost('dns'))
    expect(shared.find(({ name }) => name === 'dns app.office.internal')?.spec).toMatchObject({
      want: ['10.61.0.24', '10.61.0.25'],
    })
  })

  test('a forwarder that is no address is refused with its place', () => {
    expect(dns({ forward: ['dns.example'] }).problems).toMatchObject([{ path: ['forward', 0] }])
  })
})

describe('web', () => {
  test('files of a site keep their paths, and paths cannot lead out of it', () => {
    const site = { 'index.html': 'hello', 'css/main.css': '' }
    expect(ids(web({ site }).resources(office, officeHost('web1')))).toContain(
      'file /var/www/copse/css/main.css',
    )
    for (const path of ['../x', '/x', 'a/../x', '.hidden', 'a//b', ''])
      expect(web({ site: { [path]: '' } }).problems).toHaveLength(1)
  })

  test('static files of an app are given out where it runs', () => {
    const apps = [{ ...www, hosts: ['web1'], assets: { from: 'dist/assets', name: 'cdn' } }]
    const textOn = (host: string) => JSON.stringify(web().resources({ ...office, apps }, officeHost(host)))
    expect(textOn('web1')).toContain('/srv/apps/www/assets/')
    expect(textOn('web2')).not.toContain('assets')
  })

  test('the balancer and its web servers are proven by name', () => {
    expect(namesOf(web().probes(office, officeHost('web2')))).toEqual([
      'unit nginx',
      'http 10.61.0.25/healthz',
    ])
  })
})

describe('balancer', () => {
  const lb = officeHost('lb')

  test('it asks for its first further name', () => {
    const probes = balancer()
      .probes(office, lb)
      .filter(({ kind }) => kind === 'http')
    expect(probes.map(({ name, from }) => [name, from])).toEqual([
      ['http www.office.internal/copse-balancer', 'operator'],
      ['http www.office.internal', 'operator'],
      ['http https://www.office.internal', { host: 'lb' }],
    ])
  })

  test('it may use the endpoint that it balances', () => {
    expect(balancer({ to: 'app.api' }).flows(office, lb)).toEqual([
      { from: 'lb', to: 'app.api' },
      { from: 'operators', to: 'lb.http' },
      { from: 'operators', to: 'lb.https' },
    ])
    expect(balancer({ to: 'web' }).problems).toHaveLength(1)
  })

  test('its certificate is for all names that DNS has for it, and reloads it', () => {
    const resources = balancer().resources(office, lb)
    expect(JSON.stringify(resources)).toContain('"www.office.internal"')
    expect(JSON.stringify(resources)).toContain('"cdn.office.internal"')
    expect(JSON.stringify(resources)).toContain('"lb.office.internal"')
    expect(JSON.stringify(resources)).toMatch(/"reloadOn":\["[^"]*haproxy.cfg","[^"]*balancer.crt"\]/)
  })

  test('without https there is no certificate and no door, and nothing to redirect to', () => {
    const plain = balancer({ https: false })
    expect(plain.endpoints()).toEqual({ http: { port: 80, protocol: 'tcp', tls: false } })
    expect(ids(plain.resources(office, lb)).join()).not.toContain('certificate')
    expect(JSON.stringify(plain.probes(office, lb))).not.toMatch(/https|"tls"/)
    expect(balancer({ https: false, redirect: true }).problems).toMatchObject([{ path: ['redirect'] }])
  })

  test('where http leads on to https, that is what is proven', () => {
    const [, , plain] = balancer({ redirect: true, https: 8443 }).probes(office, lb)
    expect(plain?.spec).toMatchObject({
      status: 308,
      headers: { Location: 'https://www.office.internal:8443/' },
    })
  })

  test('a route leads a name of the host to another endpoint, whose only server is never drained', () => {
    const front = { ...lb, names: [...lb.names, 'builds'] }
    const role = balancer({ routes: { builds: 'ci.page' } })
    expect(JSON.stringify(role.resources(office, front))).toContain(
      'use_backend builds.ci.page if { req.hdr(host),field(1,:) -i builds.office.internal }',
    )
    expect(role.flows(office, front)).toContainEqual({ from: 'lb', to: 'ci.page' })
    expect(namesOf(role.probes(office, front))).toContain('http builds.office.internal')
    expect(role.balanced(office, front)).toEqual(balancer().balanced(office, lb))
    expect(() => role.resources(office, lb)).toThrow('nobody finds the route builds')
  })

  test('an app has a back-end by its name, flows to each of its instances, and probes through it', () => {
    const environment = { ...office, apps: [www] }
    const text = JSON.stringify(balancer().resources(environment, lb))
    expect(text).toContain(String.raw`server web1.2 10.61.0.24:8001\n`)
    expect(
      balancer()
        .flows(environment, lb)
        .map(({ to }) => to),
    ).toEqual(expect.arrayContaining(['web.http', 'www.http', 'www.http-2']))
    expect(balancer().balanced(environment, lb)).toHaveLength(2)
    const probes = balancer().probes(environment, lb)
    expect(namesOf(probes.filter(({ kind }) => kind === 'http'))).toEqual([
      'http cdn.office.internal/copse-balancer',
      'http cdn.office.internal',
      'http https://cdn.office.internal',
      'http www.office.internal/ready',
      'http https://www.office.internal/ready',
    ])
  })

  test('where no host provides what is behind it, the first app is, and an app of other names is none of its', () => {
    const hosts = office.hosts.map((host) => ({ ...host, endpoints: [] }))
    const role = balancer()
    expect(role.flows({ ...office, hosts, apps: [www] }, lb).map(({ to }) => to)).not.toContain('web.http')
    expect(JSON.stringify(role.resources({ ...office, hosts, apps: [www] }, lb))).toContain(
      'default_backend www',
    )
    const other = { ...www, names: ['other'] }
    expect(JSON.stringify(role.resources({ ...office, apps: [other] }, lb))).not.toContain('use_backend')
  })

  test('it reports to where the environment keeps figures, and to nobody where there are none', () => {
    expect(ids(balancer().resources(measured, lb))).toContain('unit haproxy-report')
    expect(balancer().flows(measured, lb)).toContainEqual({ from: 'lb', to: 'log.carbon' })
    expect(ids(balancer().resources(office, lb)).join()).not.toContain('report')
  })
})

describe('metrics', () => {
  const log = measured.hosts.find(({ name }) => name === 'log') ?? expect.fail('there is no log')

  test('a counter is sent from one other host and from its own, and flows lead there', () => {
    const asked = metrics()
      .probes(measured, log)
      .filter(({ kind }) => kind === 'statsd')
    expect(asked.map(({ name, from, isFast }) => [name, from, isFast])).toEqual([
      ['statsd copse.probe.log', { host: 'log' }, false],
      ['statsd copse.probe.lb', { host: 'lb' }, false],
    ])
    expect(metrics().flows(measured, log)).toEqual([
      { from: 'operators', to: 'log.page' },
      { from: 'operators', to: 'log.render' },
      { from: 'lb', to: 'log.statsd' },
      { from: 'lb', to: 'log.render' },
    ])
  })

  test('a retention out of step with the flush is refused where it stands', () => {
    expect(metrics({ retention: '1m:2d' }).problems).toEqual([
      {
        path: ['retention'],
        message: 'the first step must be 10s, which is how often values come; 1m:2d would lose some',
      },
    ])
  })

  test('an app is told where StatsD is, and of other doors their addresses', () => {
    const use = (endpoint: Endpoint) => metrics().offers({ app: 'www', host: log, endpoint })
    expect(use({ name: 'statsd', role: 'metrics', port: 8125, protocol: 'udp', tls: false })).toEqual({
      STATSD: 'devlog.office.internal:8125',
    })
    expect(use({ name: 'carbon', role: 'metrics', port: 2003, protocol: 'tcp', tls: false })).toEqual({
      CARBON_HOST: 'devlog.office.internal',
      CARBON_PORT: '2003',
    })
  })

  test('series outlive the machine', () => {
    expect(metrics().volumes()).toEqual({ graphite: '/var/lib/graphite' })
  })
})
