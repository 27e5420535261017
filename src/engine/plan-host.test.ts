import { expect, test } from 'vitest'
import { sha256 } from '../lib/digest.ts'
import type { ResourceList } from '../model/resource.ts'
import { command } from '../resources/command.ts'
import { file } from '../resources/file.ts'
import { link } from '../resources/link.ts'
import { pkg } from '../resources/package.ts'
import { unit } from '../resources/unit.ts'
import { nothing, type Observation } from './observe.ts'
import { bindAll, planHost } from './plan-host.ts'

const identity = 'ecosystem=office\n'
const plan = (resources: ResourceList, found: Observation = nothing) =>
  planHost({ host: 'web1', wanted: bindAll([resources].flat(9) as never), found, identity })

const foundLink = (key: string, target: string): Observation['things'] =>
  new Map([['link', new Map([[key, { found: { type: 'link', target }, raw: `${key}\ttarget=${target}` }]])]])

test('what is as wanted makes no step', () => {
  const made = plan([link('/a', '/b')], { ...nothing, things: foundLink('/a', '/b') })
  expect(made.changes).toEqual([])
  expect(made.steps).toEqual([])
  expect(made.guards).toEqual([])
})

test('the guard is over exactly the lines of what changes', () => {
  const made = plan([link('/a', '/b'), link('/c', '/d')], { ...nothing, things: foundLink('/a', '/x') })
  expect(made.guards).toEqual([{ kind: 'link', lines: ['/a\t', '/c\t'], digest: sha256('/a\ttarget=/x\n') }])
})

test('owned things that are no longer wanted go first, the newest first', () => {
  const owned = ['/old1', '/old2'].map((key) => ({ kind: 'link', key, digest: 'x' }))
  const line = (key: string) => [key, { found: { target: 't' }, raw: key }] as const
  const things = new Map([['link', new Map([line('/old1'), line('/old2')])]])
  const made = plan([link('/new', '/b')], { ...nothing, owned, things })
  expect(made.changes.map(({ key, action }) => `${action} ${key}`)).toEqual([
    'destroy /old2',
    'destroy /old1',
    'create /new',
  ])
  expect(made.steps.map(({ disown }) => disown.map(({ key }) => key))).toEqual([['/old2'], ['/old1'], []])
})

test('an owned thing that somebody already removed is only forgotten', () => {
  const made = plan([], { ...nothing, owned: [{ kind: 'link', key: '/gone', digest: 'x' }] })
  expect(made.changes).toEqual([])
  expect(made.forget).toEqual([{ kind: 'link', key: '/gone' }])
})

test('what copse does not own is never removed', () => {
  expect(plan([], { ...nothing, things: foundLink('/theirs', '/x') }).changes).toEqual([])
})

test('where each thing is looked at by itself, what would follow from another is left out', () => {
  const after = command('load it', { name: 'load', unless: 'true', runOn: ['/etc/x'] })
  const wanted = bindAll([file('/etc/x', { content: '1' }), after])
  const things = new Map([
    ['command', new Map([['load', { found: { done: 'yes' }, raw: 'load\tdone=yes' }]])],
  ])
  const about = { host: 'web1', wanted, found: { ...nothing, things }, identity }
  const keys = (isEachAlone: boolean) => planHost({ ...about, isEachAlone }).changes.map(({ key }) => key)
  expect(keys(false)).toEqual(['/etc/x', 'load'])
  expect(keys(true)).toEqual(['/etc/x'])
})

test('a change that the definition did not ask for says that the host was changed', () => {
  const [bound] = bindAll([link('/a', '/b')])
  const owned = [{ kind: 'link', key: '/a', digest: bound?.digest ?? '' }]
  const made = plan([link('/a', '/b')], { ...nothing, owned, things: foundLink('/a', '/hand') })
  expect(made.changes[0]?.why).toContain('changed on the host')
})

test('consecutive packages become one step and other things keep theirs', () => {
  const made = plan([pkg('curl'), pkg('nginx'), link('/a', '/b'), pkg('jq')])
  expect(made.steps.map(({ changes }) => changes)).toEqual([[0, 1], [2], [3]])
})

test('a step drops the restart stamps of the units that name what it changes', () => {
  const made = plan([file('/etc/x', { content: '1' }), unit('x', { restartOn: ['/etc/x'] })])
  expect(made.steps[0]?.invalidate).toEqual(['x.service'])
})
