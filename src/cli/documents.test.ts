import { expect, test } from 'vitest'
import type { Plan } from '../engine/plan-types.ts'
import { planDocument, verifyDocument } from './documents.ts'
import { documents, printDocument } from './schemas.ts'

const plan: Plan = {
  version: 1,
  ecosystem: 'office',
  environment: 'dev',
  published: [{ port: '80/tcp', action: 'create', why: 'leads to lb.http, for anybody' }],
  machines: [
    { host: 'old', machine: 'devold', action: 'destroy', why: 'the definition no longer names it' },
    { host: 'web1', machine: 'devweb1', action: 'create', why: 'absent' },
  ],
  hosts: [
    {
      host: 'web1',
      state: 'absent',
      changes: [{ kind: 'link', key: '/a', action: 'create', why: ['one', 'two'] }],
    },
    { host: 'dns', state: 'unreachable', reason: 'no-answer', detail: 'no answer' },
  ],
}

test('a plan is a document that its schema accepts, machines among their host’s changes', () => {
  const document = planDocument(plan)
  expect(documents.plan.parse(document)).toEqual({ version: 1, ...document })
  expect(document).toEqual({
    environment: 'dev',
    summary: { create: 3, update: 0, destroy: 1, replace: 0, unknown: 0 },
    published: [{ resource: 'port', key: '80/tcp', action: 'create', why: 'leads to lb.http, for anybody' }],
    hosts: [
      {
        host: 'web1',
        state: 'absent',
        reachable: false,
        changes: [
          { resource: 'machine', key: 'devweb1', action: 'create', why: 'absent' },
          { resource: 'link', key: '/a', action: 'create', why: 'one; two' },
        ],
      },
      { host: 'dns', state: 'unreachable', reachable: false, detail: 'no answer', changes: [] },
      {
        host: 'old',
        state: 'absent',
        reachable: false,
        changes: [
          {
            resource: 'machine',
            key: 'devold',
            action: 'destroy',
            why: 'the definition no longer names it',
          },
        ],
      },
    ],
  })
})

test('verdicts are counted', () => {
  expect(verifyDocument('dev', [])).toEqual({ environment: 'dev', passed: 0, failed: 0, verdicts: [] })
})

test('a document is one line that begins with its version, without what its schema does not name', () => {
  const written: string[] = []
  const screen = { print: (text: string) => void written.push(text) }
  const value = { copse: '1', node: '2', platform: '3', secret: 'x' }
  printDocument(screen, 'version', value)
  expect(written).toEqual(['{"version":1,"copse":"1","node":"2","platform":"3"}\n'])
})
