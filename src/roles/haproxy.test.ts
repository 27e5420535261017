import { expect, test } from 'vitest'
import { type HaproxySettings, haproxyCfg } from './haproxy.ts'
import type { Backend } from './haproxy-backends.ts'

const empty: Backend = { name: 'web.http', hosts: [], servers: [], health: '/healthz' }
const settings: HaproxySettings = { port: 80, backends: [empty], timeout: 10 }
const tls = { port: 443, pem: '/etc/copse/tls/balancer.pem' }

test('https is a second door, by no protocol older than TLS 1.2', () => {
  const text = haproxyCfg({ ...settings, tls })
  expect(text).toContain('  bind :443 ssl crt /etc/copse/tls/balancer.pem alpn h2,http/1.1\n')
  expect(text).toContain('  ssl-default-bind-options ssl-min-ver TLSv1.2\n')
  expect(text).not.toContain('redirect location')
  expect(haproxyCfg({ ...settings, redirect: true })).not.toMatch(/ssl-default|redirect code/)
})

test('a plain request is sent on to the same name and path, at the port of https', () => {
  const location = (port: number) =>
    /redirect code 308 location (\S+) unless \{ ssl_fc \}/.exec(
      haproxyCfg({ ...settings, tls: { ...tls, port }, redirect: true }),
    )?.[1]
  expect(location(443)).toBe('https://%[req.hdr(host),field(1,:)]%[pathq]')
  expect(location(8443)).toBe('https://%[req.hdr(host),field(1,:)]:8443%[pathq]')
})

test('servers are named by address, asked for their health, and replaced in the middle of a GET', () => {
  const servers = [
    { name: 'web1', host: 'web1', address: '10.61.0.24', port: 80 },
    { name: 'web2', host: 'web2', address: '10.61.0.25', port: 8080 },
  ]
  expect(haproxyCfg({ ...settings, backends: [{ ...empty, servers }] })).toMatchInlineSnapshot(`
    "global
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
      timeout server 10s
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
      bind :80
      acl well srv_is_up(web.http/web1)
      acl well srv_is_up(web.http/web2)
      monitor-uri /copse-balancer
      monitor fail unless well
      http-request set-header X-Forwarded-For %[src]
      http-request set-header X-Forwarded-Proto %[ssl_fc,iif(https,http)]
      default_backend web.http

    backend web.http
      balance roundrobin
      http-request disable-l7-retry unless METH_GET
      option httpchk
      http-check send meth GET uri /healthz ver HTTP/1.1 hdr Host web.http
      # One that refuses costs nothing until it is taken out, since its requests go to the next; one that is slow for a moment stays.
      default-server check inter 500ms fastinter 200ms downinter 200ms fall 4 rise 2
      server web1 10.61.0.24:80
      server web2 10.61.0.25:8080
      # Where all are found too slow they have too much to do: the last resort is to ask them all the same.
      option allbackups
      server web1.last 10.61.0.24:80 no-check backup
      server web2.last 10.61.0.25:8080 no-check backup
    "
  `)
})

test('an app is found by its names, and a POST to it never meets a connection that is being closed', () => {
  const app: Backend = {
    name: 'www',
    app: 'www',
    hosts: ['www.office.internal', 'front.office.internal'],
    servers: [
      { name: 'web1', host: 'web1', address: '10.61.0.24', port: 8000 },
      { name: 'web1.2', host: 'web1', address: '10.61.0.24', port: 8001 },
    ],
    health: '/ready',
  }
  const text = haproxyCfg({ ...settings, backends: [empty, app] })
  expect(text).toContain(
    `  use_backend www if { req.hdr(host),field(1,:) -i www.office.internal front.office.internal }
  default_backend web.http
`,
  )
  expect(text).toContain(`
backend www
  balance roundrobin
  # A POST is never sent on a connection that its server may be closing just then: it could not be sent again.
  option http-server-close
  http-request disable-l7-retry unless METH_GET
  option httpchk
  http-check send meth GET uri /ready ver HTTP/1.1 hdr Host www
`)
  expect(text).toContain('  server web1 10.61.0.24:8000\n  server web1.2 10.61.0.24:8001\n')
  expect(haproxyCfg({ ...settings, backends: [app] })).toMatch(
    /acl well srv_is_up\(www\/web1\.2\)[\s\S]+default_backend www\n/,
  )
})
