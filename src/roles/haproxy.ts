/** The whole configuration of HAProxy: one frontend with its doors, one back-end of servers that are asked for their health. */

export interface HaproxySettings {
  readonly port: number
  /** Its second door; `pem` holds the certificate and its key. */
  readonly tls?: { readonly port: number; readonly pem: string }
  /** Plain requests are sent there. */
  readonly redirect?: boolean
  /** The back-end's name. */
  readonly to: string
  readonly servers: readonly { readonly name: string; readonly address: string; readonly port: number }[]
  /** The path that a healthy server answers with 2xx or 3xx. */
  readonly health: string
  /** Seconds that a server may take to answer. */
  readonly timeout: number
}

/** The balancer's own health: 200 while it has a server to send requests to. */
export const balancerHealth = '/copse-balancer'

/** `/etc/haproxy/haproxy.cfg`; servers are named by address, so that nothing here needs DNS. */
export function haproxyCfg(settings: HaproxySettings): string {
  const { port, tls, to, servers, health, timeout } = settings
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
  # Who has a connection open when all this is loaded again may be sending on it.
  option idle-close-on-response
  # A request that no server has answered yet goes to another one; never a POST, which may have been carried out.
  retries 3
  option redispatch 1
  retry-on conn-failure empty-response response-timeout

frontend http
  bind :${port}
${tls ? `  bind :${tls.port} ssl crt ${tls.pem} alpn h2,http/1.1\n` : ''}  acl no-server nbsrv(${to}) lt 1
  monitor-uri ${balancerHealth}
  monitor fail if no-server
${redirection(settings)}  http-request set-header X-Forwarded-For %[src]
  http-request set-header X-Forwarded-Proto %[ssl_fc,iif(https,http)]
  default_backend ${to}

backend ${to}
  balance roundrobin
  http-request disable-l7-retry unless METH_GET
  option httpchk
  http-check send meth GET uri ${health} ver HTTP/1.1 hdr Host ${to}
  # The second answer that a change of mind takes is asked for at once.
  default-server check inter 500ms fastinter 100ms downinter 200ms fall 2 rise 2
${servers.map(({ name, address, port: door }) => `  server ${name} ${address}:${door}`).join('\n')}
`
}

/** Ciphers are those of TLS 1.2 that HTTP/2 allows; what is newer has no others. */
const tlsDefaults = `  ssl-default-bind-options ssl-min-ver TLSv1.2
  ssl-default-bind-ciphers ECDHE+AESGCM:ECDHE+CHACHA20
`

/** 308: a POST stays one. The name is the one that was asked for, without its port. */
function redirection({ tls, redirect = false }: HaproxySettings): string {
  if (!tls || !redirect) return ''
  const port = tls.port === 443 ? '' : `:${tls.port}`
  return `  http-request redirect code 308 location https://%[req.hdr(host),field(1,:)]${port}%[pathq] unless { ssl_fc }\n`
}
