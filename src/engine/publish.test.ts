/** What is opened and closed when, by a provider that only remembers. */
import { expect, test } from 'vitest'
import { office, officeHost } from '../../test/fixture/office.ts'
import type { PublishChange } from '../machines/provider.ts'
import type { Publication } from '../model/environment.ts'
import type { Outcome } from './events.ts'
import type { Plan } from './plan-types.ts'
import { closePublished, openPublished, publishNothing, requirePublished } from './publish.ts'
import { openSession, type Session } from './session.ts'

const publication = (port: number, host: string): Publication => {
  const [, endpoint] = officeHost(host).endpoints
  if (!endpoint) throw new Error(`${host} has no door`)
  return { port, protocol: 'tcp', host, endpoint, from: [] }
}
const publish = [publication(80, 'lb'), publication(8080, 'web1'), publication(8081, 'web2')]
const change = (port: number, action: PublishChange['action']): PublishChange => ({
  port: `${port}/tcp`,
  action,
  why: 'so',
})
const ended = (host: string, result: Outcome['result']): Outcome => ({ host, result, changes: 1, ms: 1 })
const planOf = (...published: readonly PublishChange[]): Plan => ({
  ...{ version: 1, ecosystem: 'office', environment: 'dev', machines: [], hosts: [] },
  published,
})

/** What each call published, by port. */
function remembering(planned: readonly PublishChange[] = [], signal = new AbortController().signal) {
  const sets: number[][] = []
  const desired = {
    file: import.meta.filename,
    environment: { ...office, publish },
    differences: [],
    hosts: [],
  }
  const plain = openSession(desired, { signal, emit: () => undefined })
  const publishing = {
    plan: async () => planned,
    set: async (_context: unknown, wanted: readonly Publication[]) =>
      void sets.push(wanted.map(({ port }) => port)),
    addresses: async () => [],
  }
  const session: Session = { ...plain, provider: { ...plain.provider, publishing } }
  return { session, sets }
}

test('what leads nowhere any more, or elsewhere, is closed first; the rest stays open', async () => {
  const { session, sets } = remembering()
  await closePublished(session, planOf(change(443, 'destroy'), change(8080, 'update')))
  expect(sets).toEqual([[80, 8081]])
})

test('where there is only more to open nothing is closed, and where nothing changes nothing is touched', async () => {
  const { session, sets } = remembering()
  await closePublished(session, planOf(change(80, 'create')))
  await closePublished(session, planOf())
  await openPublished(session, planOf(), [ended('lb', 'unchanged')])
  expect(sets).toEqual([])
})

test('what leads to hosts that are as wanted is opened, beside what was open', async () => {
  const { session, sets } = remembering()
  const plan = planOf(change(8080, 'create'), change(8081, 'create'))
  await openPublished(session, plan, [
    ended('lb', 'failed'),
    ended('web1', 'changed'),
    ended('web2', 'failed'),
  ])
  expect(sets).toEqual([[80, 8080]])
})

test('nothing is opened when the run was interrupted', async () => {
  const { session, sets } = remembering([], AbortSignal.abort())
  await openPublished(session, planOf(change(80, 'create')), [ended('lb', 'changed')])
  expect(sets).toEqual([])
})

test('where all machines go, nothing leads to them', async () => {
  const { session, sets } = remembering()
  await publishNothing(session)
  expect(sets).toEqual([[]])
})

test('a saved plan is refused when another would be made now', async () => {
  const plan = planOf(change(80, 'create'))
  await requirePublished(remembering([change(80, 'create')]).session, plan)
  await requirePublished(remembering([change(80, 'create')]).session, planOf())
  await expect(requirePublished(remembering([]).session, plan)).rejects.toMatchObject({
    code: 'refused',
    hint: 'plan again: copse plan dev --out FILE',
  })
})
