import { expect, test } from 'vitest'
import { office, officeHost } from '../../../test/fixture/office.ts'
import type { Publication } from '../../model/environment.ts'
import { markOf, marksIn, publishScript, publishTables, readMark } from './publish-table.ts'

const [, http] = officeHost('lb').endpoints
if (!http) throw new Error('lb has no http')
const open: Publication = { port: 80, protocol: 'tcp', host: 'lb', endpoint: http, from: [] }
const some: Publication = { ...open, port: 8080, from: ['10.0.0.0/8', '203.0.113.7'] }
const published = { environment: office, owner: '0000000a0000000b' }

/** As nft lists it: tabs, names for priorities, other spacing between rules. */
const listed = (script: string) =>
  script
    .split('\n')
    .slice(2)
    .join('\n')
    .replaceAll(/^ {2,4}/gm, '\t')

test('what is asked of the box leads to the host with its source, and by no other way is a host reached', () => {
  expect(publishScript(published, [open, some])).toMatchInlineSnapshot(`
    "table ip copse_publish_0000000a
    delete table ip copse_publish_0000000a
    table ip copse_publish_0000000a {
      chain incoming {
        type nat hook prerouting priority -105;
        iifname "copse*" return
        fib daddr type local tcp dport 80 dnat to 10.61.0.20:80 comment "80/tcp bfcd8fe0 dev of office"
        ip saddr { 10.0.0.0/8, 203.0.113.7 } fib daddr type local tcp dport 8080 dnat to 10.61.0.20:80 comment "8080/tcp a77a38ba dev of office"
      }
      chain own {
        type nat hook output priority -105;
        ip daddr { 127.0.0.0/8, 10.61.0.0/24 } return
        fib daddr type local tcp dport 80 dnat to 10.61.0.20:80 comment "80/tcp bfcd8fe0 dev of office"
        ip saddr { 10.0.0.0/8, 203.0.113.7 } fib daddr type local tcp dport 8080 dnat to 10.61.0.20:80 comment "8080/tcp a77a38ba dev of office"
      }
      chain others {
        type filter hook forward priority -5;
        oifname != "copse0000000a" return
        iifname "copse0000000a" return
        ct state established,related return
        ct status dnat return
        drop comment "what is not published"
      }
    }
    "
  `)
})

test('operators alone keep their way to SSH, where there are any besides the box', () => {
  const withOperators = (...operators: string[]) =>
    publishScript({ ...published, environment: { ...office, operators: [office.gateway, ...operators] } }, [
      open,
    ])
  expect(withOperators('203.0.113.0/24', '198.51.100.7')).toContain(
    '    ip saddr { 203.0.113.0/24, 198.51.100.7 } tcp dport 22 return\n    drop comment',
  )
  expect(withOperators('0.0.0.0/0')).toContain('    tcp dport 22 return\n    drop comment')
  expect(withOperators()).not.toContain('dport 22')
})

test('nothing to publish is no table', () => {
  expect(publishScript(published, [])).toBe(
    'table ip copse_publish_0000000a\ndelete table ip copse_publish_0000000a\n',
  )
})

test('a listed table publishes what all of its chains say', () => {
  const script = publishScript(published, [open, some])
  const marks = [markOf(published, open), markOf(published, some)]
  expect(marksIn(listed(script))).toEqual(marks)
  expect(marksIn('')).toEqual([])
  expect(marksIn(listed(script).replace(/drop comment.*/, ''))).toEqual([])
  const [incoming = '', ...rest] = script.split('chain own')
  const flushed = [incoming.replace(/.* dport 80 .*\n/, ''), ...rest].join('chain own')
  expect(marksIn(listed(flushed))).toEqual([markOf(published, some)])
})

test('a mark is another when the port leads elsewhere, is for others, or operators are others', () => {
  const mark = markOf(published, open)
  expect(readMark(mark)).toEqual({ port: '80/tcp', whose: 'dev of office' })
  const moved = { ...office, hosts: office.hosts.map((host) => ({ ...host, address: '10.61.0.99' })) }
  const others = [
    markOf({ ...published, environment: moved }, open),
    markOf(published, { ...open, from: ['10.0.0.0/8'] }),
    markOf(published, { ...open, endpoint: { ...http, port: 81 } }),
    markOf({ ...published, environment: { ...office, operators: ['203.0.113.0/24'] } }, open),
  ]
  expect(new Set([mark, ...others]).size).toBe(5)
})

test('however long names are, nft takes the mark', () => {
  const long = { ...office, name: 'd'.repeat(63), ecosystem: 'o'.repeat(63) }
  expect(markOf({ ...published, environment: long }, { ...open, port: 65_535 }).length).toBeLessThan(128)
})

test("tables of other engines' environments are found among all", () => {
  expect(
    publishTables('table ip nat\ntable ip copse_publish_0000000b\ntable ip copse_publish_0000000a\n'),
  ).toEqual(['copse_publish_0000000b', 'copse_publish_0000000a'])
})
