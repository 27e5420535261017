import { expect, test } from 'vitest'
import { judged } from '../../test/fixture/judge.ts'
import { httpKind, httpProbe } from './http.ts'

const lb = { name: 'lb', address: '10.61.0.20' }
const page = 'HTTP/1.1 200 OK\r\nServer: nginx\r\nX-Served-By: devweb1\r\n\r\n<h1>office dev</h1>\n'

test.each([
  ['any page', {}, 0, page, true, 'status 200'],
  ['a page with the right body', { contains: 'office dev' }, 0, page, true, 'status 200'],
  ['a page with another body', { contains: 'prod' }, 0, page, false, 'the body does not contain "prod"'],
  ['the right header', { headers: { 'X-Served-By': 'devweb1' } }, 0, page, true, 'status 200'],
  [
    'the wrong header',
    { headers: { 'x-served-by': 'web2' } },
    0,
    page,
    false,
    'x-served-by: devweb1, wanted web2',
  ],
  ['a missing header', { headers: { etag: 'x' } }, 0, page, false, 'etag: missing, wanted x'],
  ['the wrong status', {}, 0, 'HTTP/1.1 503 Service Unavailable\r\n\r\n', false, 'status 503, wanted 200'],
  ['a wanted status', { status: 404 }, 0, 'HTTP/2 404\r\n\r\n', true, 'status 404'],
  [
    'a refused connection',
    {},
    7,
    "curl: (7) Failed to connect to lb port 80 after 0 ms: Couldn't connect to server\n",
    false,
    "curl: (7) Failed to connect to lb port 80 after 0 ms: Couldn't connect to server",
  ],
  [
    'a body that breaks off',
    {},
    18,
    `${page}curl: (18) transfer closed\n`,
    false,
    'curl: (18) transfer closed',
  ],
  [
    'a certificate that does not verify',
    {},
    60,
    'curl: (60) SSL certificate problem: certificate has expired\nMore details here: https://curl.se\n\nhow to fix it, see above.\n',
    false,
    'curl: (60) SSL certificate problem: certificate has expired',
  ],
  ['no curl', {}, 127, 'sh: curl: not found\n', undefined, 'not asked: sh: curl: not found'],
])('%s is read so', (_what, wanted, code, output, answers, detail) => {
  const { spec } = httpProbe(lb, 'http://www.office.internal/', wanted)
  expect(judged(httpKind, spec, { code, output })).toEqual({ answers, detail })
})

test('the host is asked at its own address, whatever the name resolves to', () => {
  const { spec } = httpProbe(lb, 'http://www.office.internal:8080/a?b=$(id)')
  expect(httpKind.script(spec).shell).toContain(
    "--resolve www.office.internal:8080:10.61.0.20 'http://www.office.internal:8080/a?b=$(id)'",
  )
  expect(httpKind.script(httpProbe(lb, 'https://a.b/').spec).shell).toContain('--resolve a.b:443:10.61.0.20')
})

test('over https the environment’s authority is trusted where the asker has it', () => {
  const asked = (url: string) => httpKind.script(httpProbe(lb, url).spec).shell
  expect(asked('https://a.b/')).toContain('set -- --cacert /etc/copse/tls/ca.crt')
  expect(asked('http://a.b/')).not.toContain('ca.crt')
})

test('it is named after the URL', () => {
  expect(httpProbe(lb, 'http://www.office.internal').name).toBe('http www.office.internal')
  expect(httpProbe(lb, 'http://10.61.0.20:81/healthz').name).toBe('http 10.61.0.20:81/healthz')
  expect(httpProbe(lb, 'https://www.office.internal/').name).toBe('http https://www.office.internal')
})

test('other protocols are refused', () => {
  expect(() => httpProbe(lb, 'file:///etc/passwd')).toThrow()
})
