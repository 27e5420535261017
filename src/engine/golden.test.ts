/** What golden images hold. */
import { expect, test } from 'vitest'
import { office } from '../../test/fixture/office.ts'
import { command, file, pkg, unit } from '../index.ts'
import type { DesiredHost } from '../model/desired.ts'
import type { ResourceList } from '../model/resource.ts'
import { recipeFor } from './golden.ts'

const [host] = office.hosts

/** A host for which all is common but the ids in `own`. */
function desired(list: ResourceList, own: readonly string[] = []): DesiredHost {
  const resources = list.flatMap((one) =>
    'kind' in one ? [one] : one.flatMap((inner) => ('kind' in inner ? [inner] : [])),
  )
  const ids = resources.map(({ kind, key }) => `${kind} ${key}`)
  if (!host) throw new Error('the office has no host')
  return {
    host,
    resources,
    probes: [],
    balanced: [],
    restorable: [],
    secrets: [],
    common: ids.filter((id) => !own.includes(id)),
  }
}

const ids = (wanted: DesiredHost) => recipeFor(wanted)?.resources.map(({ id }) => id)

test('packages and files that are the same for every host are held, commands and secrets never', () => {
  const list = [
    pkg('nginx'),
    file('/a', { content: '' }),
    file('/b', { content: 'x', secret: true }),
    command('x', { creates: '/x' }),
  ]
  expect(ids(desired(list))).toEqual(['package nginx', 'file /a'])
  expect(ids(desired(list, ['file /a']))).toEqual(['package nginx'])
})

test('a unit is held when all that it is restarted for is, and else waits for its settings', () => {
  const list = [file('/a', { content: '' }), unit('nginx', { reloadOn: ['/a'] })]
  expect(ids(desired(list))).toEqual(['file /a', 'unit nginx'])
  expect(recipeFor(desired([pkg('nginx'), ...list], ['file /a']))).toMatchObject({ units: ['nginx.service'] })
  expect(ids(desired([pkg('nginx'), ...list], ['file /a']))).toEqual(['package nginx'])
})

test('a unit that names nothing may have settings that only the host has; a timer waits for its hour', () => {
  expect(ids(desired([unit('redis-server'), unit('fstrim.timer')]))).toEqual(['unit fstrim.timer'])
})

test('who wants nothing in common with others has no image', () => {
  expect(recipeFor(desired([command('x', { creates: '/x' })]))).toBeUndefined()
})

test('the id says what is held: another content or release is another image, the order of hosts is not', () => {
  const id = (list: ResourceList) => recipeFor(desired(list))?.id
  expect(id([pkg('nginx')])).toBe(id([pkg('nginx')]))
  expect(id([pkg('nginx')])).not.toBe(id([pkg('nginx', { state: 'held' })]))
  expect(recipeFor({ ...desired([pkg('nginx')]), host: { ...desired([]).host, debian: 12 } })?.id).not.toBe(
    id([pkg('nginx')]),
  )
})
