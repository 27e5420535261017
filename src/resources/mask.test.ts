import { expect, test } from 'vitest'
import type { Found } from './kind.ts'
import { mask, maskKind } from './mask.ts'

const around = { changing: new Set<string>(), digestOf: () => undefined }

test.each<[string, Found | undefined, unknown]>([
  ['a unit that can be started', undefined, { action: 'create', why: [] }],
  ['a masked one', { running: 'no' }, undefined],
  [
    'a masked one that was not stopped',
    { running: 'yes' },
    { action: 'update', why: ['masked, but it still runs'] },
  ],
])('%s', (_title, found, change) => {
  const bound = maskKind.bind(mask('apt-daily.timer'))
  expect(bound.key).toBe('apt-daily.timer')
  expect(bound.diff(found, around)).toEqual(change)
})

test('a name without a suffix is a service', () => {
  const bound = maskKind.bind(mask('e2scrub_reap'))
  expect(bound.key).toBe('e2scrub_reap')
  expect(bound.apply({ action: 'create', why: [] }, undefined).script.shell).toBe(
    'systemctl mask --quiet --now -- e2scrub_reap.service',
  )
  expect(maskKind.remove('e2scrub_reap', {}).script.shell).toContain('unmask --quiet -- e2scrub_reap.service')
})
