import { expect, test } from 'vitest'
import { judged } from '../../test/fixture/judge.ts'
import { unitKind, unitProbe } from './unit.ts'

const probe = unitProbe({ name: 'web1', address: '10.61.0.24' }, 'nginx')

test.each([
  ['active', 0, 'active\n', true, 'active'],
  ['reloading', 0, 'reloading\n', true, 'reloading'],
  ['failed', 3, 'failed\n', false, 'failed'],
  ['absent', 4, 'inactive\n', false, 'inactive'],
  [
    'asked where there is no systemd',
    127,
    'systemctl: not found\n',
    undefined,
    'not asked: systemctl: not found',
  ],
])('a unit that is %s is read so', (_what, code, output, answers, detail) => {
  expect(judged(unitKind, probe.spec, { code, output })).toEqual({ answers, detail })
})

test('the host itself is asked', () => {
  expect(probe).toMatchObject({ name: 'unit nginx', from: { host: 'web1' }, to: 'web1', isFast: true })
  expect(unitKind.script(probe.spec).shell).toBe('systemctl is-active -- nginx')
})
