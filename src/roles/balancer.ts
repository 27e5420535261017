/** A balancer in front of every host that provides an endpoint: HAProxy with active health checks. */
import {
  defineRole,
  type Environment,
  file,
  hostsWithRole,
  pkg,
  probe,
  type RoleInput,
  tcp,
  unit,
  z,
} from 'copse'
import { balancerHealth, haproxyCfg } from './haproxy.ts'
import { switches } from './haproxy-drain.ts'
import { reporter } from './haproxy-report.ts'

const options = z.strictObject({
  port: z.int().min(1).max(65_535).default(80),
  /** The endpoint of the servers behind it, `role.endpoint`. */
  to: z
    .string()
    .regex(/^[a-z][a-z0-9-]*\.[a-z][a-z0-9-]*$/, 'must be a role and its endpoint, such as web.http')
    .default('web.http'),
  /** The path that a healthy server answers with 2xx or 3xx. */
  health: z
    .string()
    .regex(/^\/[\w./-]*$/, 'must be a path such as /healthz')
    .default('/healthz'),
  /** Seconds that a server may take to answer before another one is asked. */
  timeout: z.int().min(1).max(3600).default(10),
})

type Input = RoleInput<z.output<typeof options>>

const confPath = '/etc/haproxy/haproxy.cfg'

/** Requests go to servers that are well; one that dies in the middle of a GET is replaced by the next. */
export const balancer = defineRole({
  name: 'balancer',
  options,
  endpoints: ({ port }) => ({ http: tcp(port) }),
  resources,
  balanced: ({ environment, options: { to } }) =>
    serversOf(environment, to).map(({ name }) => ({ server: name, ...switches(to, name) })),
  probes,
  flows: ({ environment, host: { name }, options: { to } }) => [
    { from: name, to },
    ...hostsWithRole(environment, 'metrics').map((keeper) => ({ from: name, to: `${keeper.name}.carbon` })),
    { from: 'operators', to: `${name}.http` },
  ],
})

function resources({ environment, host, options }: Input) {
  const content = haproxyCfg({ ...options, servers: serversOf(environment, options.to) })
  return [
    pkg('haproxy'),
    file(confPath, { content, validate: 'haproxy -c -q -f %s' }),
    unit('haproxy', { reloadOn: [confPath] }),
    reporter(environment, host),
  ]
}

/** Every host that provides the endpoint. */
function serversOf({ hosts }: Environment, to: string) {
  return hosts.flatMap(({ name, address, endpoints }) =>
    endpoints
      .filter((endpoint) => `${endpoint.role}.${endpoint.name}` === to)
      .map(({ port }) => ({ name, address, port })),
  )
}

function probes({ environment, host, options: { port } }: Input) {
  const name = host.names.find((other) => other !== host.name) ?? host.name
  const site = `http://${name}.${environment.domain}${port === 80 ? '' : `:${port}`}`
  return [
    probe.unit(host, 'haproxy'),
    probe.http(host, `${site}${balancerHealth}`),
    probe.http(host, `${site}/`),
  ]
}
