import { describe, expect, test } from 'vitest'
import type { Found } from './kind.ts'
import { sysctl, sysctlKind } from './sysctl.ts'

const around = { changing: new Set<string>(), digestOf: () => undefined }
const there: Found = { saved: '4096 131072 6291456', live: '4096\t131072\t6291456' }

function plan(found: Found | undefined, options = {}) {
  const bound = sysctlKind.bind(sysctl('net.ipv4.tcp_rmem', ' 4096  131072 6291456', options))
  const change = bound.diff(found, around)
  return { change, step: change && bound.apply(change, found) }
}

describe('found + wanted -> change', () => {
  test.each<[string, Found | undefined, object, unknown]>([
    ['nothing', undefined, {}, { action: 'create', why: [] }],
    ['the same, with tabs', there, {}, undefined],
    ['another value now', { ...there, live: '1' }, {}, update('is 1, wanted 4096 131072 6291456')],
    ['another value at boot', { ...there, saved: '1' }, {}, update('1 at boot, wanted 4096 131072 6291456')],
    ['another value now that does not matter', { ...there, live: '1' }, { live: false }, undefined],
    [
      'a kernel without it',
      { ...there, live: '' },
      {},
      update('is unknown to this kernel, wanted 4096 131072 6291456'),
    ],
  ])('%s', (_title, found, options, change) => {
    expect(plan(found, options).change).toEqual(change)
  })

  function update(why: string) {
    return { action: 'update', why: [why] }
  }
})

describe('change -> commands', () => {
  test('it is saved for the next boot and set now', () => {
    const { step } = plan(undefined)
    expect(step?.payloads).toEqual({ setting: { text: 'net.ipv4.tcp_rmem = 4096 131072 6291456\n' } })
    expect(step?.script.shell).toContain('60-copse-net.ipv4.tcp_rmem.conf')
    expect(step?.script.shell).toContain("printf '%s\\n' '4096 131072 6291456' >/proc/sys/net/ipv4/tcp_rmem")
  })

  test('where the kernel may not be changed it is only saved', () => {
    expect(plan(undefined, { live: false }).step?.script.shell).not.toContain('/proc/sys')
  })
})

test.each(['', 'ip_forward', '../etc/passwd', 'net/ipv4', 'net..x', '-w.x', 'net.$(id)'])(
  '%j is no setting',
  (key) => {
    expect(() => sysctl(key, 1)).toThrow('must be the name of a kernel setting')
  },
)

test('a second line is no value', () => {
  expect(() => sysctl('net.ipv4.ip_forward', '1\nkernel.panic = 1')).toThrow(
    'value: must not contain a line break',
  )
})
