/** Where the environment's figures are kept and looked at: Graphite, with StatsD before it. */
import { defineRole, directory, file, type Host, pkgs, probe, type RoleInput, tcp, udp, unit, z } from 'copse'
import { carbon, dataPath } from './metrics/carbon.ts'
import { graphiteWeb } from './metrics/graphite-web.ts'
import { nginxServer, pagesPath } from './metrics/nginx.ts'
import { pages } from './metrics/page.ts'
import { parseRetention } from './metrics/retention.ts'
import { statsd } from './metrics/statsd.ts'
import { namesOf } from './names.ts'
import { serverCertificate, tlsOf } from './tls.ts'

const portNumber = z.int().min(1).max(65_535)

const options = z.strictObject({
  /**
   * Steps and how long each is kept, as Graphite writes it. A series' file has 12 bytes for each point from the first day
   * on: 95 kB by default, for 30 days.
   */
  retention: z
    .string()
    .default('10s:2h,1m:2d,10m:30d')
    .superRefine((text, context) => {
      const parsed = parseRetention(text)
      if (typeof parsed === 'string') context.addIssue({ code: 'custom', message: parsed })
    }),
  /** Of the web page, which is served over https. */
  port: portNumber.default(443),
  /** Of plain http, where programs read figures; all else that is asked for there is sent on to the page. */
  render: portNumber.default(80),
})

type Input = RoleInput<z.output<typeof options>>

const serverPath = '/etc/nginx/conf.d/graphite.conf'

/** Every host sends its own figures here (see `base`), and apps that use `statsd` theirs, as others may where a flow leads to `metrics.statsd`. */
export const metrics = defineRole({
  name: 'metrics',
  options,
  endpoints: ({ port, render }) => ({
    carbon: tcp(2003),
    statsd: udp(8125),
    page: tcp(port, { tls: true }),
    render: tcp(render),
  }),
  offers: ({ host, endpoint }) =>
    endpoint.name === 'statsd' ? { STATSD: `${host.fqdn}:${endpoint.port}` } : undefined,
  volumes: () => ({ graphite: dataPath }),
  resources,
  flows: ({ environment, host: { name } }) => [
    ...['page', 'render'].map((endpoint) => ({ from: 'operators', to: `${name}.${endpoint}` })),
    ...askersOf(environment.hosts).flatMap((asker) =>
      ['statsd', 'render'].map((endpoint) => ({ from: asker.name, to: `${name}.${endpoint}` })),
    ),
  ],
  probes,
})

function resources({ environment, host, options: { port, render, retention } }: Input) {
  const tls = tlsOf('metrics')
  return [
    pkgs('graphite-carbon', 'graphite-web', 'gunicorn', 'nginx', 'nodejs'),
    ['/usr/local/lib/copse', '/usr/local/share/copse', pagesPath].map((path) => directory(path)),
    carbon(host.address, retention),
    statsd(host.address),
    graphiteWeb(),
    Object.entries(pages(environment)).map(([name, content]) => file(`${pagesPath}/${name}`, { content })),
    serverCertificate('metrics', host, { names: namesOf(environment, host) }),
    // Debian's own site would be a second default on the same port.
    directory('/etc/nginx/sites-enabled', { exclusive: true }),
    file(serverPath, {
      content: nginxServer({ name: host.fqdn, port, render, tls }),
      validate: `printf 'events {}\\nhttp { include %s; }\\n' >nginx.conf && nginx -t -q -c "$PWD/nginx.conf"`,
    }),
    unit('nginx', { reloadOn: [serverPath, tls.certificate] }),
  ]
}

/** One host without the role, by which it is seen that figures of others arrive. */
function askersOf(hosts: readonly Host[]): readonly Host[] {
  return hosts.filter(({ roles }) => !roles.includes('metrics')).slice(0, 1)
}

function probes({ environment, host, options: { port, render } }: Input) {
  const self = { host: host.name }
  return [
    ...['carbon-cache', 'statsd', 'graphite-web', 'nginx'].map((name) => probe.unit(host, name)),
    probe.tls(host, port),
    probe.http(host, `https://${host.fqdn}:${port}/`, { from: self, contains: environment.ecosystem }),
    probe.http(host, `http://${host.fqdn}:${render}/render?target=carbon.agents.*.cpuUsage&format=json`),
    ...[host, ...askersOf(environment.hosts)].map((from) =>
      probe.statsd(host, { port: render, from: { host: from.name } }),
    ),
    // StatsD's console and Carbon's cache believe everybody: only programs of the host itself may ask them.
    ...[8126, 7002].map((door) => probe.tcp(host, door, { expect: 'closed' })),
  ]
}
