import { expect, test } from 'vitest'
import { judged } from '../../test/fixture/judge.ts'
import { unitKind, unitProbe } from './unit.ts'

const probe = unitProbe({ name: 'web1', address: '10.61.0.24' }, 'nginx')

test.each([
  ['active', 3, 'ssh\nnginx\n\nfailed\nactive\n', true, 'active'],
  ['reloading', 0, 'nginx\n\nreloading\n', true, 'reloading'],
  ['failed', 3, 'nginx\nssh\n\nfailed\nactive\n', false, 'failed'],
  ['absent', 4, 'nginx\n\ninactive\n', false, 'inactive'],
  ['asked of a systemd that does not answer', 1, 'nginx\nssh\n\nNo bus\n', false, 'No bus'],
  [
    'asked where there is no systemd',
    127,
    'nginx\n\nsystemctl: not found\n',
    undefined,
    'not asked: systemctl: not found',
  ],
])('a unit that is %s is read so', (_what, code, output, answers, detail) => {
  expect(judged(unitKind, probe.spec, { code, output })).toEqual({ answers, detail })
})

test('the host itself is asked', () => {
  expect(probe).toMatchObject({ name: 'unit nginx', from: { host: 'web1' }, to: 'web1', isFast: true })
})

test('all units of a host are asked for at once', () => {
  const other = unitProbe({ name: 'web1', address: '10.61.0.24' }, 'ssh')
  expect(unitKind.together?.(probe.spec)).toBe(unitKind.together?.(other.spec))
  expect(unitKind.script(probe.spec, other.spec).shell).toMatch(/ is-active -- nginx ssh$/)
})
