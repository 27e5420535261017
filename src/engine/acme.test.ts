import { expect, test } from 'vitest'
import { office } from '../../test/fixture/office.ts'
import type { Endpoint, Environment } from '../model/environment.ts'
import { type Finished, type Transport, Unreachable } from '../transports/transport.ts'
import { askAcme } from './acme.ts'
import type { Event, Outcome } from './events.ts'

const https: Endpoint = { name: 'https', role: 'balancer', port: 443, protocol: 'tcp', tls: true }
const hosts = office.hosts.map((host) => (host.name === 'lb' ? { ...host, endpoints: [https] } : host))
const certified: Environment = {
  ...office,
  hosts,
  acme: { email: 'ops@office.example', directory: 'https://acme.example/dir' },
}
const well = { code: 0, stdout: '', stderr: '' }
const outcome = (host: string, result: Outcome['result']): Outcome => ({ host, result, changes: 0, ms: 0 })

/** What a run tells, and how often its hosts were asked; `answers` are those to one script after another. */
async function told(
  answers: readonly (Finished | Error)[],
  { environment = certified, outcomes = [outcome('lb', 'changed'), outcome('web1', 'unchanged')] } = {},
) {
  const events: Event[] = []
  const asked: string[] = []
  const transportOf = (host: string): Transport => ({
    async run() {
      const answer = answers[asked.push(host) - 1] ?? well
      if (answer instanceof Error) throw answer
      return answer
    },
    async *stream() {},
    loginAnew: async () => true,
  })
  const session = {
    desired: { environment },
    context: {
      signal: new AbortController().signal,
      stateDir: '',
      emit: (event: Event) => void events.push(event),
    },
    transport: async (host: string) => transportOf(host),
  }
  await askAcme(session, outcomes)
  return { asked, messages: events.map((event) => ('message' in event ? event.message : '')) }
}

const names = 'has www.office.internal, cdn.office.internal certified by ACME'

test('a host that is due asks, and only what went wrong is told of it', async () => {
  expect(await told([well, well])).toEqual({ asked: ['lb', 'lb'], messages: [names] })
  expect(await told([well, { ...well, stdout: 'connection refused\n' }])).toEqual({
    asked: ['lb', 'lb'],
    messages: [names, 'has no certificate by ACME: connection refused'],
  })
  const { messages } = await told([well, { code: 1, stdout: '', stderr: 'no such unit\n' }])
  expect(messages[1]).toBe('has no certificate by ACME: no such unit')
})

test('one that has what it needs is asked one question', async () => {
  expect(await told([{ ...well, code: 1 }])).toEqual({ asked: ['lb'], messages: [] })
})

test('a host that was not reached, and an environment without the setting, are left alone', async () => {
  const nothing = { asked: [], messages: [] }
  expect(await told([], { outcomes: [outcome('lb', 'failed')] })).toEqual(nothing)
  expect(await told([], { outcomes: [outcome('web1', 'changed')] })).toEqual(nothing)
  expect(await told([], { environment: { ...office, hosts } })).toEqual(nothing)
})

test('a host that goes away fails nothing', async () => {
  expect((await told([well, new Unreachable('no-answer', 'it is silent')])).messages).toEqual([
    names,
    'could not ask for its certificate: it is silent',
  ])
})
