/** The whole configuration of HAProxy: one frontend with its doors, and back-ends of servers that are asked for their health. */
import { type Backend, lastResort, type Server } from './haproxy-backends.ts'

export interface HaproxySettings {
  readonly port: number
  /** Its second door; `pem` holds the certificate and its key. */
  readonly tls?: { readonly port: number; readonly pem: string } | undefined
  /** Public names of its host are certified by ACME. */
  readonly acme?: AcmeShown | undefined
  /** Plain requests are sent there. */
  readonly redirect?: boolean
  /** The first one is for whatever no other is named by. */
  readonly backends: readonly [Backend, ...Backend[]]
  /** Seconds that a server may take to answer. */
  readonly timeout: number
}

/** Certificates that ACME issued, besides that of `tls`. */
export interface AcmeShown {
  /** A file that says for which names the certificate of `tls` is shown; it is for all that no other one is for, too. */
  readonly ownNames: string
  /** The directory of those that were issued. */
  readonly issued: string
  /** The address and port of what answers the authority while it asks. */
  readonly responder: string
}

/** The balancer's own health: 200 while a server of its first back-end is well. */
export const balancerHealth = '/copse-balancer'

/** `/etc/haproxy/haproxy.cfg`; servers are named by address, so that nothing here needs DNS. */
export function haproxyCfg(settings: HaproxySettings): string {
  const { port, tls, backends, timeout } = settings
  const [fallback] = backends
  return `global
  log stdout format raw local0
  chroot /var/lib/haproxy
  user haproxy
  group haproxy
  stats socket /run/haproxy/admin.sock mode 660 level admin expose-fd listeners
${tls ? tlsDefaults : ''}
defaults
  mode http
  log global
  option httplog
  option dontlognull
  timeout connect 500ms
  timeout client 30s
  timeout server ${timeout}s
  timeout http-request 10s
  timeout queue 5s
  # A server that is busy is not down.
  timeout check 2s
  # Who has a connection open when all this is loaded again may be sending on it.
  option idle-close-on-response
  # A request that no server has answered yet goes to another one; never a POST, which may have been carried out.
  retries 3
  option redispatch 1
  retry-on conn-failure empty-response response-timeout

frontend http
  bind :${port}
${secureDoor(settings)}${wellServers(fallback)}  monitor-uri ${balancerHealth}
  monitor fail unless well
${challenge(settings)}${redirection(settings)}  http-request set-header X-Forwarded-For %[src]
  http-request set-header X-Forwarded-Proto %[ssl_fc,iif(https,http)]
${settings.acme ? '  use_backend _acme if acme\n' : ''}${backends.map(routeTo).join('')}  default_backend ${fallback.name}

${[...backends.map(backendText), ...(settings.acme ? [challengeBackend(settings.acme)] : [])].join('\n')}`
}

/** Any of them will do; those that are the last resort are none, since nobody knows how they are. */
function wellServers({ name, servers }: Backend): string {
  const conditions = servers.map((server) => `srv_is_up(${name}/${server.name})`)
  return (conditions.length > 0 ? conditions : ['always_false'])
    .map((condition) => `  acl well ${condition}\n`)
    .join('')
}

/** Certificates besides its own are shown to who asks for their names. */
function secureDoor({ tls, acme }: HaproxySettings): string {
  if (!tls) return ''
  const shown = acme ? `crt-list ${acme.ownNames} crt ${acme.issued}` : `crt ${tls.pem}`
  return `  bind :${tls.port} ssl ${shown} alpn h2,http/1.1\n`
}

/** What an authority asks by plain http, whatever else is sent on to https. */
function challenge({ acme }: HaproxySettings): string {
  return acme ? '  acl acme path_beg /.well-known/acme-challenge/\n' : ''
}

/** Nobody answers but while a certificate is asked for, and nobody need wait to learn that. No app can have its name. */
function challengeBackend({ responder }: AcmeShown): string {
  return `backend _acme
  retries 0
  server responder ${responder}
`
}

/** By the header `Host`, whose letters may be of any case and which may end with a port. */
function routeTo({ name, hosts }: Backend): string {
  return hosts.length === 0
    ? ''
    : `  use_backend ${name} if { req.hdr(host),field(1,:) -i ${hosts.join(' ')} }\n`
}

function backendText({ name, app, servers, health }: Backend): string {
  return `backend ${name}
  balance roundrobin
${app === undefined ? '' : closing}  http-request disable-l7-retry unless METH_GET
  option httpchk
  http-check send meth GET uri ${health} ver HTTP/1.1 hdr Host ${name}
  # One that refuses costs nothing until it is taken out, since its requests go to the next; one that is slow for a moment stays.
  default-server check inter 500ms fastinter 200ms downinter 200ms fall 4 rise 2
${servers.map((server) => serverLine(server)).join('')}  # Where all are found too slow they have too much to do: the last resort is to ask them all the same.
  option allbackups
${servers.map((server) => serverLine(server, lastResort(server.name), ' no-check backup')).join('')}`
}

function serverLine({ name, address, port }: Server, as = name, options = ''): string {
  return `  server ${as} ${address}:${port}${options}\n`
}

/** `http-reuse` cannot help: also a connection that only its own client uses may be closed by a server that ends. */
const closing = `  # A POST is never sent on a connection that its server may be closing just then: it could not be sent again.
  option http-server-close
`

/** Ciphers are those of TLS 1.2 that HTTP/2 allows; what is newer has no others. */
const tlsDefaults = `  ssl-default-bind-options ssl-min-ver TLSv1.2
  ssl-default-bind-ciphers ECDHE+AESGCM:ECDHE+CHACHA20
`

/** 308: a POST stays one. The name is the one that was asked for, without its port. */
function redirection({ tls, redirect = false, acme }: HaproxySettings): string {
  if (!tls || !redirect) return ''
  const port = tls.port === 443 ? '' : `:${tls.port}`
  return `  http-request redirect code 308 location https://%[req.hdr(host),field(1,:)]${port}%[pathq] unless { ssl_fc }${acme ? ' or acme' : ''}\n`
}
