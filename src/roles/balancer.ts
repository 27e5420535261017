/** A balancer in front of apps and of every host that provides an endpoint: HAProxy with active health checks. */
import {
  type App,
  defineRole,
  type Environment,
  file,
  type Host,
  hostsWithRole,
  pkg,
  portsOf,
  probe,
  type RoleInput,
  tcp,
  unit,
  z,
} from 'copse'
import { acmeFlows, acmeHome, acmeProbes, certified, issued, publicNames } from './acme.ts'
import { deployKey } from './deploy-key.ts'
import { balancerHealth, haproxyCfg } from './haproxy.ts'
import { backendsOf, drainable, namesAt, routedApps } from './haproxy-backends.ts'
import { balancedBy, drainProgram } from './haproxy-drain.ts'
import { reporter } from './haproxy-report.ts'
import { namesOf } from './names.ts'
import { serverCertificate, tlsOf } from './tls.ts'

const portNumber = z.int().min(1).max(65_535)

const endpoint = z
  .string()
  .regex(/^[a-z][a-z0-9-]*\.[a-z][a-z0-9-]*$/, 'must be a role and its endpoint, such as web.http')

const options = z
  .strictObject({
    /** Of http. */
    port: portNumber.default(80),
    /** The port of https, by a certificate for every name of the host; `false`: there is none. */
    https: z.union([portNumber, z.literal(false)]).default(443),
    /** Sends who comes by http on to https. */
    redirect: z.boolean().default(false),
    /** The endpoint of the servers that whatever is no app's goes to, `role.endpoint`. */
    to: endpoint.default('web.http'),
    /** Other endpoints, by names of the host: `{ builds: 'ci.page' }`. */
    routes: z
      .record(z.string().regex(/^[a-z][a-z0-9-]*$/, 'must be a name without the domain'), endpoint)
      .default({}),
    /** The path that a healthy one of them answers with 2xx or 3xx. */
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
  volumes: ({ https }, { acme }) => (acme && https !== false ? { acme: acmeHome } : {}),
  resources,
  balanced: ({ environment, host, options }) => balancedBy(drainable(backendsOf(environment, host, options))),
  probes,
  flows,
})

function flows({ environment, host, options }: Input) {
  const { name } = host
  return [
    ...doorsBehind(environment, host, options).map((to) => ({ from: name, to })),
    ...hostsWithRole(environment, 'metrics').map((keeper) => ({ from: name, to: `${keeper.name}.carbon` })),
    ...['http', ...(options.https === false ? [] : ['https'])].map((door) => ({
      from: 'operators',
      to: `${name}.${door}`,
    })),
    ...acmeFlows(environment, host),
  ]
}

/** As flows name them. */
function doorsBehind(environment: Environment, host: Host, options: Input['options']): readonly string[] {
  const hasDefault = backendsOf(environment, host, options).some(({ app }) => app === undefined)
  return [
    ...(hasDefault ? [options.to] : []),
    ...Object.values(options.routes),
    ...routedApps(environment, host).flatMap((app) =>
      portsOf(app).map((_, index) => `${app.name}.${index === 0 ? 'http' : `http-${index + 1}`}`),
    ),
  ]
}

function resources({ environment, host, options }: Input) {
  const { https } = options
  const backends = backendsOf(environment, host, options)
  const { certificate, pem } = tlsOf('balancer')
  const tls = https === false ? undefined : { port: https, pem }
  const acme = tls && certified(environment, host, pem)
  const content = haproxyCfg({ ...options, tls, acme: acme?.shown, backends })
  return [
    pkg('haproxy'),
    acme ? acme.packages : [],
    // HAProxy reads it as root, before it becomes a user of its own.
    tls ? serverCertificate('balancer', host, { names: namesOf(environment, host) }) : [],
    acme ? [acme.store, acme.ownNames] : [],
    file(confPath, { content, validate: 'haproxy -c -q -f %s' }),
    drainProgram(drainable(backends)),
    unit('haproxy', {
      reloadOn: [confPath, ...(acme ? [acme.ownNames] : []), ...(tls ? [certificate] : [])],
    }),
    acme ? acme.client : [],
    reporter(environment, host),
    deployKey(environment, host),
  ]
}

function probes({ environment, host, options }: Input) {
  const { port, https, redirect } = options
  const [fallback] = backendsOf(environment, host, options)
  const name = `${siteName({ environment, host, options })}.${environment.domain}`
  const plain = urlOf('http', name, port)
  const secure = https === false ? undefined : urlOf('https', name, https)
  const isRedirected = { status: 308, headers: { Location: `${secure}/` } }
  return [
    probe.unit(host, 'haproxy'),
    probe.http(host, `${plain}${balancerHealth}`),
    // An app says itself by what path it is found well.
    ...(fallback.app === undefined || redirect
      ? [probe.http(host, `${plain}/`, redirect ? isRedirected : {})]
      : []),
    ...(https === false ? [] : doorProbes({ environment, host, options }, https)),
    ...(secure === undefined || fallback.app !== undefined
      ? []
      : [fromItself(environment, host, `${secure}/`)]),
    ...routedApps(environment, host).flatMap((app) => appProbes({ environment, host, options }, app)),
    ...Object.keys(options.routes).map((label) => routeProbe({ environment, host, options }, label)),
  ]
}

/** One that leads to no app and is no route, a further one where there is. */
function siteName({ environment: { apps }, host, options: { routes } }: Input): string {
  const taken = [...apps.flatMap(({ names }) => names), ...Object.keys(routes)]
  const free = host.names.filter((name) => !taken.includes(name))
  return free.find((name) => name !== host.name) ?? host.name
}

/** By each of its names; where plain requests are sent on, only what they are sent on to proves the app. */
function appProbes({ environment, host, options: { port, https, redirect } }: Input, app: App) {
  const asked = namesAt(app, host).flatMap((label) => {
    const name = `${label}.${environment.domain}`
    return [
      ...(redirect ? [] : [probe.http(host, `${urlOf('http', name, port)}${app.health}`)]),
      ...(https === false
        ? []
        : [fromItself(environment, host, `${urlOf('https', name, https)}${app.health}`)]),
    ]
  })
  return asked.map((one) => ({ ...one, app: app.name }))
}

function routeProbe({ environment, host, options: { port, https, redirect } }: Input, label: string) {
  const name = `${label}.${environment.domain}`
  if (redirect && https !== false) return fromItself(environment, host, `${urlOf('https', name, https)}/`)
  return probe.http(host, `${urlOf('http', name, port)}/`)
}

function urlOf(protocol: 'http' | 'https', name: string, port: number): string {
  return `${protocol}://${name}${port === (protocol === 'http' ? 80 : 443) ? '' : `:${port}`}`
}

/** The operator is only asked whether there is a door. Of public names each must be served by what was issued for it. */
function doorProbes({ environment, host, options }: Input, port: number) {
  const site = siteName({ environment, host, options })
  const isPublic = publicNames(environment, host).length > 0
  const name = `${isPublic ? host.name : site}.${environment.domain}`
  return [probe.tcp(host, port), probe.tls(host, port, { name }), ...acmeProbes(environment, host, port)]
}

/** Hosts with a certificate know the authority. */
function fromItself({ acme }: Environment, host: Host, url: string) {
  const { issuers } = issued
  return probe.http(host, url, { from: { host: host.name }, ...(acme && { issuers }) })
}
