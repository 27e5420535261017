import { describe, expect, test } from 'vitest'
import { office } from '../../test/fixture/office.ts'
import { edgesOf, endOf, outerDoors } from './edge.ts'
import type { Flow } from './flow.ts'

function edges(...flows: Flow[]): readonly string[] {
  return edgesOf({ ...office, flows }).map(
    ({ from, to, endpoint: { role, name, port, protocol } }) =>
      `${endOf(from)} > ${endOf(to)} ${role}.${name} ${port}/${protocol}`,
  )
}

describe('a flow', () => {
  test('from a host to a role reaches that door of every host with the role', () => {
    expect(edges({ from: 'lb', to: 'web.http' })).toEqual([
      'lb > web1 web.http 80/tcp',
      'lb > web2 web.http 80/tcp',
    ])
  })

  test('from a role begins at each of its hosts, and never leads to the host itself', () => {
    expect(edges({ from: 'web', to: 'base.ssh' })).toEqual([
      'web1 > lb base.ssh 22/tcp',
      'web1 > dns base.ssh 22/tcp',
      'web1 > web2 base.ssh 22/tcp',
      'web2 > lb base.ssh 22/tcp',
      'web2 > dns base.ssh 22/tcp',
      'web2 > web1 base.ssh 22/tcp',
    ])
  })

  test('to a host takes the door of whichever role has it', () => {
    expect(edges({ from: 'internet', to: 'lb.http' })).toEqual(['internet > lb balancer.http 80/tcp'])
  })

  test('to the internet leads out by well-known names and by ports', () => {
    expect(edges({ from: 'dns', to: 'internet.dns' }, { from: 'dns', to: 'internet.tcp-853' })).toEqual([
      'dns > internet internet.dns 53/udp',
      'dns > internet internet.dns 53/tcp',
      'dns > internet internet.tcp-853 853/tcp',
    ])
  })

  test('that says what another said already adds nothing', () => {
    expect(edges({ from: 'lb', to: 'web1.http' }, { from: 'lb', to: 'web.http' })).toHaveLength(2)
  })
})

test('what means nothing to the internet is no door', () => {
  for (const name of ['', 'gopher', 'tcp-0', 'tcp-65536', 'tcp-99999', 'sctp-5', 'toString'])
    expect(outerDoors(name), name).toEqual([])
})
