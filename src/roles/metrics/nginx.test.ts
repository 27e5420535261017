import { expect, test } from 'vitest'
import { tlsOf } from '../tls.ts'
import { nginxServer } from './nginx.ts'

const settings = { name: 'devlog.office.internal', port: 443, render: 80, tls: tlsOf('metrics') }
const servers = (text: string) => text.split(/^server \{/m).slice(1)

test('over http figures can be read and nothing else; the rest is sent on to https', () => {
  const [plain = '', secure = ''] = servers(nginxServer(settings))
  expect(plain).toMatch(/listen 80 default_server;/)
  expect(plain.match(/proxy_pass/g)).toHaveLength(1)
  expect(plain).toMatch(/location = \/render \{\s+limit_except GET \{\s+deny all;/)
  expect(plain).toContain('return 308 https://$host$request_uri;')
  expect(secure).toMatch(/listen 443 ssl default_server;[\s\S]+ssl_protocols TLSv1\.2 TLSv1\.3;/)
})

test('where https has another port, http leads there', () => {
  expect(nginxServer({ ...settings, port: 8443 })).toContain('https://$host:8443$request_uri')
})

test('nginx hands on to the application, and only what asks who it is by POST', () => {
  const server = nginxServer(settings)
  const open = new RegExp(/location ~ (\^\S+) \{\n {4}proxy_pass/.exec(server)?.[1] ?? expect.fail(server))
  for (const path of ['/render', '/metrics/find', '/account/login', '/admin/', '/dashboard/save/x'])
    expect(path).toMatch(open)
  for (const path of ['/events/', '/tags/delSeries', '/whitelist/add', '/s/x', '/dashboard/email'])
    expect(path).not.toMatch(open)
})
