import { expect, test } from 'vitest'
import { office } from '../../../test/fixture/office.ts'
import type { Environment } from '../../model/environment.ts'
import type { ProviderContext } from '../provider.ts'
import { chooseHolding } from './adopt.ts'
import { connect } from './client.ts'
import { fakeEngine } from './fake-engine.ts'
import { bridgeAddress, type Holding, holderLabels, readRefusal, refusalOf, stateDirOf } from './holding.ts'
import { bridgeName, labels, operatorOf, ownLabels } from './names.ts'

const environment: Environment = { ...office, hosts: [] }
const ana: ProviderContext = {
  environment,
  stateDir: '/home/ana/dev',
  signal: new AbortController().signal,
  progress: () => undefined,
}
const ben = { ...ana, stateDir: '/home/ben/dev' }
const benAdopted = { ...ben, owner: operatorOf(ana) }

const made: Holding = {
  owner: operatorOf(ana),
  operator: operatorOf(ana),
  who: 'ana on box',
  since: '2026-01-02T03:04:05Z',
  isMoving: false,
  address: bridgeAddress(environment),
}
const moved: Holding = { ...made, operator: operatorOf(ben), who: 'ben on box' }
const moving: Holding = { ...moved, isMoving: true }

test('who made an environment holds the way in to it, and to one that nobody has made', () => {
  expect(refusalOf([made], ana)).toBeUndefined()
  expect(refusalOf([], ana)).toBeUndefined()
})

test('another operator is told that it is there, and how it is taken over', () => {
  expect(refusalOf([made], ben)).toEqual({
    detail: 'another operator (ana on box) has made dev on this box',
    hint: 'copse adopt dev takes it over; for one beside it, give yours another subnet',
  })
})

test('one on another subnet is no concern of theirs', () => {
  expect(refusalOf([{ ...made, address: '10.62.0.1/24' }], ben)).toBeUndefined()
})

test('once adopted it is theirs, and the former operator is told when and by whom', () => {
  expect(refusalOf([moved], benAdopted)).toBeUndefined()
  expect(refusalOf([moved], ana)).toEqual({
    detail: 'another operator (ben on box) took over dev on 2026-01-02',
    hint: 'copse adopt dev takes it back',
  })
})

test('while it changes hands it is nobody’s to use, before the new operator has remembered it and after', () => {
  for (const context of [ana, ben, benAdopted])
    expect(refusalOf([moving], context)?.hint).toMatch(/^copse adopt dev/)
})

test('what can be adopted is the one that has the definition’s subnet', () => {
  const other = { ...made, owner: '0'.repeat(16), address: '10.62.0.1/24' }
  expect(chooseHolding([other, made], ben)).toBe(made)
  expect(chooseHolding([moved], ana)).toBe(moved)
})

test('nothing to adopt, and several that could be meant, are refused', () => {
  const others = ['10.62.0.1/24', '10.63.0.1/24'].map((address) => ({ ...made, address }))
  expect(() => chooseHolding([], ben)).toThrow('there is no dev of office on this box to adopt')
  expect(() => chooseHolding(others, ben)).toThrow(
    'dev of office is on this box on 10.62.0.1/24 and 10.63.0.1/24, the config says 10.61.0.0/24',
  )
})

test('an operator who has one of their own does not lose sight of it by adopting another', () => {
  const own = { ...made, owner: operatorOf(ben), operator: operatorOf(ben), address: '10.62.0.1/24' }
  expect(() => chooseHolding([own, made], ben)).toThrow('dev of your own is on this box too')
})

test('whose it is is read from the own network alone; only who has none looks at the others', async () => {
  const own = `GET /1.0/networks/${bridgeName(operatorOf(ana))}`
  const config = { ...ownLabels(ana), 'ipv4.address': bridgeAddress(environment), [labels.who]: 'ana' }
  const network = { name: bridgeName(operatorOf(ana)), managed: true, config }
  const all = 'GET /1.0/networks?recursion=1'
  await using engine = await fakeEngine((call) => {
    if (call === own) return network
    return call === all ? [network] : undefined
  })
  const client = connect(engine.engine)
  expect(await readRefusal(client, ana)).toBeUndefined()
  expect(engine.asked.map(({ call }) => call)).toEqual([own])
  expect((await readRefusal(client, ben))?.detail).toBe('another operator (ana) has made dev on this box')
})

test('where another holder keeps their keys is known on the machine where they are', () => {
  const who = holderLabels(ana)[labels.who] ?? ''
  expect(stateDirOf({ who }, ben)).toBe('/home/ana/dev')
  expect(stateDirOf({ who }, ana)).toBeUndefined()
  expect(stateDirOf({ who: 'ana on another.example, keys in /home/ana/dev' }, ben)).toBeUndefined()
  expect(stateDirOf({ who: '' }, ben)).toBeUndefined()
})
