import { expect, test } from 'vitest'
import { type Access, parseGroups, privilegesDetail } from './privileges.ts'

const ana: Access = { user: 'ana', isRoot: false, group: 'lxd', member: 'no' }
const found = { environment: 'dev', state: 'silent', isPrepared: false } as const

test('root may do everything, and so may a member of the group once the box is prepared', () => {
  expect(privilegesDetail({ ...ana, isRoot: true }, found)).toBe('root')
  const answers = { ...found, state: 'answers', isPrepared: true } as const
  expect(privilegesDetail({ ...ana, member: 'yes' }, answers)).toBe('ana, in the group lxd')
})

test.each([
  ['who is not in the group', ana, found, 'sudo usermod -aG lxd ana; then log in again'],
  ['who joined it since this login', { ...ana, member: 'late' }, found, 'log in again, or: newgrp lxd'],
  ['of an engine that is only for root', { ...ana, group: 'root' }, found, 'sudo copse up dev'],
  ['where no engine runs', ana, { ...found, state: 'down' }, 'sudo copse up dev'],
  [
    'where the network is to be made',
    { ...ana, member: 'yes' },
    { ...found, state: 'answers' },
    'sudo copse up dev',
  ],
] as const)('a user %s is told what to type', (_who, access, engine, hint) => {
  expect(() => privilegesDetail(access, engine)).toThrow(expect.objectContaining({ hint }))
})

test('groups are read with their members', () => {
  expect(parseGroups('root:x:0:\nlxd:x:105:ana,bo\n\n')).toEqual([
    { name: 'root', id: 0, members: [''] },
    { name: 'lxd', id: 105, members: ['ana', 'bo'] },
  ])
})
