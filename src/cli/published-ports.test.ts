import { expect, test } from 'vitest'
import { office, officeHost } from '../../test/fixture/office.ts'
import type { Publication } from '../model/environment.ts'
import { plainPaint } from './paint.ts'
import { type FoundPort, judge } from './published-ports.ts'
import { renderPublished } from './render-published.ts'
import { documents } from './schemas.ts'

const [, http] = officeHost('lb').endpoints
if (!http) throw new Error('lb has no http')
const open: Publication = { port: 80, protocol: 'tcp', host: 'lb', endpoint: http, from: [] }
const some: Publication = { ...open, port: 8080, from: ['203.0.113.0/24', '192.0.2.2'] }
const udp: Publication = { ...open, port: 53, protocol: 'udp' }
const found = (answer: string, address = '198.51.100.1'): FoundPort => ({ answer, address })
const change = { port: '80/tcp', why: 'leads to lb.http, for anybody' }

test.each([
  [open, found('open'), true, 'answers'],
  [open, found('Connection refused'), false, 'does not answer: Connection refused'],
  [some, found('open', '203.0.113.9'), true, 'answers'],
  [some, found('open', '192.0.2.2'), true, 'answers'],
  [some, found('silent', '192.0.2.2'), false, 'does not answer: silent'],
  [some, found('Connection refused'), true, 'closed to the box, which is none of those'],
  [some, found('open'), false, 'answers the box, which is none of those'],
  [udp, {}, true, 'not asked'],
  [open, {}, false, 'not asked'],
  [open, { ...found('open'), change: { ...change, action: 'create' } }, false, 'not published yet'],
  [
    open,
    { ...found('open'), change: { ...change, action: 'update' } },
    false,
    'published otherwise until the next up',
  ],
] as const)('%# is told as it is', (one, seen, ok, detail) => {
  expect(judge(office, one, seen)).toMatchObject({ ok, detail, to: 'lb.http', address: '10.61.0.20:80' })
})

test('ports stand in a table, with where they are asked and what to type next', () => {
  const ports = [judge(office, open, found('open')), judge(office, some, found('Connection refused'))]
  const view = { environment: 'dev', addresses: ['198.51.100.1'], ports, stale: [] }
  expect(`\n${renderPublished(view, plainPaint)}`).toMatchInlineSnapshot(`
    "
    ✓ 80/tcp    lb.http  10.61.0.20:80  for anybody                    answers
    ✓ 8080/tcp  lb.http  10.61.0.20:80  for 203.0.113.0/24, 192.0.2.2  closed to the box, which is none of those
    At 198.51.100.1, asked by the box itself.
    "
  `)
  const stale = [
    { port: '443/tcp', action: 'destroy', why: 'the definition no longer publishes it' },
  ] as const
  expect(renderPublished({ ...view, stale }, plainPaint)).toContain('next: copse up dev')
  expect(renderPublished({ ...view, ports: [] }, plainPaint)).toBe('dev publishes nothing.\n')
})

test('they are a document that its schema accepts', () => {
  const ports = [open, udp].map((one) => ({ ...judge(office, one, found('open')), from: [] }))
  const document = { environment: 'dev', addresses: ['198.51.100.1'], ports, stale: [] }
  expect(documents.publish.parse(document)).toEqual({ version: 1, ...document })
})
