import { expect, test } from 'vitest'
import { office } from '../../test/fixture/office.ts'
import { selectHosts } from './selection.ts'

const select = (limit: readonly string[], exclude: readonly string[] = []) =>
  selectHosts(office, { limit, exclude })

test.each([
  ['no limit means all hosts', [], ['lb', 'dns', 'web1', 'web2']],
  ['a host is named by its name', ['web2'], ['web2']],
  ['a host is named by its machine', ['devweb2'], ['web2']],
  ['a host is named by its full name', ['devweb2.office.internal'], ['web2']],
  ['a group is all its hosts', ['web'], ['web1', 'web2']],
  ['a role is all hosts that carry it', ['balancer'], ['lb']],
  ['a role that all carry is all hosts', ['base'], ['lb', 'dns', 'web1', 'web2']],
  ['a glob matches names and machines', ['devweb?'], ['web1', 'web2']],
  ['commas separate patterns, and the order is the definition’s', ['web1,lb'], ['lb', 'web1']],
  ['several limits add up, once each', ['web1', 'web*'], ['web1', 'web2']],
])('%s', (_name, limit, hosts) => {
  expect(select(limit)).toEqual(hosts)
})

test('a host of a name wins over other hosts with a role of that name', () => {
  const hosts = office.hosts.map((host) => (host.name === 'web1' ? { ...host, roles: ['dns'] } : host))
  expect(selectHosts({ ...office, hosts }, { limit: ['dns'], exclude: [] })).toEqual(['dns'])
})

test('exclusion takes away from what the limit left', () => {
  expect(select(['web'], ['web1'])).toEqual(['web2'])
})

test.each([
  ['a limit that selects nothing', ['wbe1'], [], '"wbe1" selects no host of dev'],
  ['one of two limits that selects nothing', ['web1', 'wbe2'], [], '"wbe2" selects no host of dev'],
  ['an exclusion that selects nothing', [], ['wbe1'], '"wbe1" selects no host of dev'],
  ['a selection with nothing left', ['web1'], ['web'], 'this selection leaves no host of dev'],
  ['an empty pattern', [''], [], '"" selects no host of dev'],
  ['a dot that is no regular expression', ['web.'], [], '"web." selects no host of dev'],
])('%s is a usage error that lists the hosts', (_name, limit, exclude, message) => {
  expect(() => select(limit, exclude)).toThrow(
    expect.objectContaining({
      code: 'usage',
      message,
      hint: 'hosts: lb dns web1 web2; roles: base balancer dns web',
    }),
  )
})
