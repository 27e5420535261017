/** What a CI host has for builds that go to another environment or come from one, and that it has none of it unless that is said. */
import { ci, type Environment } from 'copse'
import { expect, test } from 'vitest'
import { ciHost, withApp } from '../../../test/fixture/office-apps.ts'
import { promotionJob } from './promotions.ts'

const [own, other] = ['ssh-ed25519 OWN', 'ssh-ed25519 OTHER office-dev']
const sending: Environment = {
  ...withApp,
  promotes: {
    open: { address: '198.51.100.7', port: 8422, hostKey: own },
    Next: { address: 'ci.example', port: 2022, hostKey: other },
  },
}
const receiving: Environment = { ...withApp, accepts: [other] }

function made(environment: Environment, host = ciHost): ReadonlyMap<string, unknown> {
  const list = [ci().resources(environment, host)].flat(9)
  return new Map(
    list.flatMap((item) => ('spec' in item ? [[`${item.kind} ${item.key}`, item.spec] as const] : [])),
  )
}

const texts = (environment: Environment, id: string) => JSON.stringify(made(environment).get(id) ?? {})
const stepsOf = (environment: Environment) =>
  texts(environment, 'file /etc/copse/ci/jobs.json').match(/ci-do [a-z]+/g)
const flowsOf = (environment: Environment) =>
  ci()
    .flows(environment, ciHost)
    .map(({ from, to }) => `${from} ${to}`)

test('without a grant there is neither a key nor a door, nor a job or a step', () => {
  expect([...made(withApp).keys()].filter((id) => /promot|accept/.test(id))).toEqual([])
  expect(stepsOf(withApp)).not.toContain('ci-do promote')
  expect(texts(withApp, 'file /etc/copse/ci/jobs.json')).not.toContain('promotion')
  expect(flowsOf(withApp).join()).not.toMatch(/promotions|tcp-/)
})

test('who hands builds over has a key, the host keys of the others, and a way to their ports', () => {
  expect(made(sending).get('file /etc/copse/ci/promotion-key')).toMatchObject({
    content: { parts: [{ secret: 'ci-promotion', generate: 43, as: 'ssh-private-key' }] },
    ...{ owner: 'root', mode: 0o600, secret: true },
  })
  expect(texts(sending, 'file /etc/copse/ci/promotion-hosts')).toContain(
    'promotion-1 ssh-ed25519 OWN\\npromotion-2 ssh-ed25519 OTHER office-dev\\n',
  )
  expect(stepsOf(sending)?.slice(-2)).toEqual(['ci-do promote', 'ci-do publish'])
  expect(flowsOf(sending)).toEqual(expect.arrayContaining(['ci internet.tcp-8422', 'ci internet.tcp-2022']))
  expect([...made(sending).keys()].join()).not.toMatch(/accept|copse-promotions|ci-promotions/)
})

test('who takes builds in has a server for that one account and that one program', () => {
  const files = made(receiving)
  expect(texts(receiving, 'file /etc/copse/ci/accepted-keys')).toContain(
    'restrict ssh-ed25519 OTHER office-dev',
  )
  const conf = texts(receiving, 'file /etc/copse/ci/promotions.conf')
  for (const line of [
    'AllowUsers copse-promotions',
    'ForceCommand /usr/bin/sudo -n /usr/local/lib/copse/ci/accept',
    'DisableForwarding yes',
    'PermitTTY no',
    'AuthenticationMethods publickey',
  ])
    expect(conf).toContain(`${line}\\n`)
  expect(files.get('user copse-promotions')).toBeDefined()
  expect(files.get('authorized-keys copse-promotions')).toBeUndefined()
  expect(texts(receiving, 'file /etc/sudoers.d/copse-promotions')).toContain('/accept \\"\\"')
  expect(stepsOf(receiving)?.slice(-4)).toEqual([
    ...['ci-do accepted', 'ci-do install', 'ci-do verify', 'ci-do publish'],
  ])
  expect(promotionJob(receiving.apps).onChange).toBe(false)
})

test('the port is open where no box stands before the host, and published where one does', () => {
  const of = (provider: Environment['provider']) => flowsOf({ ...receiving, provider })
  const door = 'internet ci.promotions'
  expect(of({ provider: 'existing', defaults: {}, servers: {} })).toContain(door)
  expect(of({ provider: 'incus', box: 'local' })).not.toContain(door)
})

test('a host that may not deploy takes nothing in', () => {
  expect([...made(receiving, { ...ciHost, deploys: false }).keys()].join()).not.toMatch(/accepted-keys/)
})
