import { expect, test } from 'vitest'
import { candidates, incusProduct, lxdProduct, socketOf } from './engine.ts'
import { localBox } from './local-box.ts'

const at = (variables: Record<string, string>) => candidates({ ...localBox, variables })

test('Incus is looked for before LXD, each in its own directory', () => {
  expect(at({}).map(socketOf)).toEqual(['/var/lib/incus/unix.socket', '/var/lib/lxd/unix.socket'])
})

test('a directory that the operator names is the only one considered', () => {
  expect(at({ LXD_DIR: '/srv/lxd' })).toMatchObject([{ product: lxdProduct, directory: '/srv/lxd' }])
  expect(at({ INCUS_DIR: '/srv/incus' })).toMatchObject([{ product: incusProduct, directory: '/srv/incus' }])
})

test('an empty variable is no directory', () => {
  expect(at({ LXD_DIR: '' })).toHaveLength(2)
})
