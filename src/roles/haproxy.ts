/** The whole configuration of HAProxy: one frontend, one back-end of servers that are asked for their health. */

export interface HaproxySettings {
  readonly port: number
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
export function haproxyCfg({ port, to, servers, health, timeout }: HaproxySettings): string {
  return `global
  log stdout format raw local0
  chroot /var/lib/haproxy
  user haproxy
  group haproxy
  stats socket /run/haproxy/admin.sock mode 660 level admin expose-fd listeners

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
  # A request that no server has answered yet goes to another one; never a POST, which may have been carried out.
  retries 3
  option redispatch 1
  retry-on conn-failure empty-response response-timeout

frontend http
  bind :${port}
  acl no-server nbsrv(${to}) lt 1
  monitor-uri ${balancerHealth}
  monitor fail if no-server
  http-request set-header X-Forwarded-For %[src]
  http-request set-header X-Forwarded-Proto http
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
