/** A balancer in front of every host that provides an endpoint: HAProxy with active health checks. */
import {
  defineRole,
  type Environment,
  file,
  type Host,
  hostsWithRole,
  pkg,
  probe,
  type RoleInput,
  tcp,
  unit,
  z,
} from 'copse'
import { deployKey } from './deploy-key.ts'
import { balancerHealth, haproxyCfg } from './haproxy.ts'
import { switches } from './haproxy-drain.ts'
import { reporter } from './haproxy-report.ts'
import { namesOf } from './names.ts'
import { serverCertificate, tlsOf } from './tls.ts'

const portNumber = z.int().min(1).max(65_535)

const options = z
  .strictObject({
    /** Of http. */
    port: portNumber.default(80),
    /** The port of https, by a certificate for every name of the host; `false`: there is none. */
    https: z.union([portNumber, z.literal(false)]).default(443),
    /** Sends who comes by http on to https. */
    redirect: z.boolean().default(false),
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
  .refine(({ https, redirect }) => https !== false || !redirect, {
    message: 'needs https to lead to',
    path: ['redirect'],
  })

type Input = RoleInput<z.output<typeof options>>

const confPath = '/etc/haproxy/haproxy.cfg'

/** Requests go to servers that are well; one that dies in the middle of a GET is replaced by the next. */
export const balancer = defineRole({
  name: 'balancer',
  options,
  endpoints: ({ port, https }) => ({
    http: tcp(port),
    ...(https !== false && { https: tcp(https, { tls: true }) }),
  }),
  resources,
  balanced: ({ environment, options: { to } }) =>
    serversOf(environment, to).map(({ name }) => ({ server: name, ...switches(to, name) })),
  probes,
  flows: ({ environment, host: { name }, options: { to, https } }) => [
    { from: name, to },
    ...hostsWithRole(environment, 'metrics').map((keeper) => ({ from: name, to: `${keeper.name}.carbon` })),
    ...['http', ...(https === false ? [] : ['https'])].map((door) => ({
      from: 'operators',
      to: `${name}.${door}`,
    })),
  ],
})

function resources({ environment, host, options }: Input) {
  const { https, to } = options
  const { certificate, pem } = tlsOf('balancer')
  const tls = https === false ? {} : { tls: { port: https, pem } }
  const content = haproxyCfg({ ...options, ...tls, servers: serversOf(environment, to) })
  return [
    pkg('haproxy'),
    // HAProxy reads it as root, before it becomes a user of its own.
    https === false ? [] : serverCertificate('balancer', host, { names: namesOf(environment, host) }),
    file(confPath, { content, validate: 'haproxy -c -q -f %s' }),
    unit('haproxy', { reloadOn: https === false ? [confPath] : [confPath, certificate] }),
    reporter(environment, host),
    deployKey(environment, host),
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

function probes({ environment, host, options: { port, https, redirect } }: Input) {
  const name = `${host.names.find((other) => other !== host.name) ?? host.name}.${environment.domain}`
  const plain = urlOf('http', name, port)
  const secure = https === false ? undefined : urlOf('https', name, https)
  return [
    probe.unit(host, 'haproxy'),
    probe.http(host, `${plain}${balancerHealth}`),
    probe.http(host, `${plain}/`, redirect ? { status: 308, headers: { Location: `${secure}/` } } : {}),
    ...(https === false ? [] : secureProbes(host, { name, port: https, site: `${secure}/` })),
  ]
}

function urlOf(protocol: 'http' | 'https', name: string, port: number): string {
  return `${protocol}://${name}${port === (protocol === 'http' ? 80 : 443) ? '' : `:${port}`}`
}

/** Hosts with a certificate know the authority; the operator is only asked whether there is a door. */
function secureProbes(host: Host, { name, port, site }: { name: string; port: number; site: string }) {
  return [
    probe.tcp(host, port),
    probe.tls(host, port, { name }),
    probe.http(host, site, { from: { host: host.name } }),
  ]
}
