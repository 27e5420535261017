import { expect, test } from 'vitest'
import { type GroupOptions, group, groupKind } from './group.ts'
import type { Found } from './kind.ts'

const around = { changing: new Set<string>(), digestOf: () => undefined }

test.each<[string, Found | undefined, GroupOptions, unknown, string | undefined]>([
  ['a missing group is made', undefined, {}, { action: 'create', why: [] }, 'groupadd  -- crew'],
  [
    'a missing one of a system gets its number',
    undefined,
    { gid: 200, system: true },
    { action: 'create', why: [] },
    'groupadd --gid 200 --system -- crew',
  ],
  ['any number will do', { gid: '1000' }, {}, undefined, undefined],
  ['the wanted number is there', { gid: '2000' }, { gid: 2000 }, undefined, undefined],
  [
    'another number is changed',
    { gid: '1000' },
    { gid: 2000 },
    { action: 'update', why: ['gid 1000, wanted 2000'] },
    'groupmod --gid 2000 -- crew',
  ],
])('%s', (_title, found, options, change, script) => {
  const bound = groupKind.bind(group('crew', options))
  const planned = bound.diff(found, around)
  expect(planned).toEqual(change)
  expect(planned && bound.apply(planned, found).script.shell).toBe(script)
})

test("a group that went along with its account's removal is no trouble", () => {
  expect(groupKind.remove('crew', { gid: '1' }).script.shell).toMatch(
    /^if getent group crew .*; then groupdel -- crew; fi/,
  )
})
