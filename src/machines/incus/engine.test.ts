import { expect, test } from 'vitest'
import { candidates, incusProduct, lxdProduct, socketOf } from './engine.ts'

test('Incus is looked for before LXD, each in its own directory', () => {
  expect(candidates({}).map(socketOf)).toEqual(['/var/lib/incus/unix.socket', '/var/lib/lxd/unix.socket'])
})

test('a directory that the operator names is the only one considered', () => {
  expect(candidates({ LXD_DIR: '/srv/lxd' })).toEqual([{ product: lxdProduct, directory: '/srv/lxd' }])
  expect(candidates({ INCUS_DIR: '/srv/incus' })).toEqual([
    { product: incusProduct, directory: '/srv/incus' },
  ])
})

test('an empty variable is no directory', () => {
  expect(candidates({ LXD_DIR: '' })).toHaveLength(2)
})
