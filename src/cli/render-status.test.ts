import { expect, test } from 'vitest'
import type { HostStatus } from '../engine/status.ts'
import { plainPaint } from './paint.ts'
import { renderStatus } from './render-status.ts'

const base = { owned: 0, facts: {}, roles: ['base', 'web'], apps: [] }
const hosts: readonly HostStatus[] = [
  {
    ...base,
    host: 'web1',
    machine: 'devweb1',
    address: '10.61.0.24',
    state: 'running',
    owned: 41,
    facts: { os: 'debian 13', kernel: '6.12', uptime: '100000', run: '7' },
  },
  {
    ...base,
    host: 'web2',
    machine: 'devweb2',
    address: '10.61.0.25',
    state: 'silent',
    detail: 'no route to it',
  },
]

test('a row per host, and what is wrong below', () => {
  expect(renderStatus(hosts, { paint: plainPaint, isVerbose: false })).toMatchInlineSnapshot(`
    "HOST  MACHINE  ADDRESS     STATE    ROLES
    web1  devweb1  10.61.0.24  running  base web
    web2  devweb2  10.61.0.25  silent   base web
    web2: no route to it
    "
  `)
})

test('verbosely also what each system says of itself', () => {
  expect(renderStatus(hosts, { paint: plainPaint, isVerbose: true })).toMatchInlineSnapshot(`
    "HOST  MACHINE  ADDRESS     STATE    ROLES     SYSTEM     KERNEL  UP       OWNED  LAST RUN
    web1  devweb1  10.61.0.24  running  base web  debian 13  6.12    1 d 3 h  41     7
    web2  devweb2  10.61.0.25  silent   base web  -          -       -        0      -
    web2: no route to it
    "
  `)
})

test('what several have in common is said once, with what to do about it', () => {
  const taken = { state: 'foreign' as const, detail: 'another operator has it', hint: 'copse adopt dev' }
  const both = hosts.map((host) => ({ ...host, ...taken }))
  expect(renderStatus(both, { paint: plainPaint, isVerbose: false })).toMatch(
    /\nweb1, web2: another operator has it\n {2}copse adopt dev\n$/,
  )
})

test('where hosts ask their probes: what they found, how old it is, and what is red since when', () => {
  const nginx = {
    probe: 'unit nginx',
    from: 'web1',
    to: 'web1',
    expect: 'answers',
    seconds: 190,
    detail: 'failed',
  }
  const door = { probe: 'tcp lb:81', from: 'web1', to: 'lb', expect: 'closed', seconds: 20, detail: 'open' }
  const monitoring = [
    { age: 20, isStale: false, green: 10, red: [nginx, door] },
    { age: 4000, isStale: true, green: 12, red: [] },
  ]
  const asking = hosts.map((host, index) => ({ ...host, detail: undefined, monitoring: monitoring[index] }))
  expect(renderStatus(asking, { paint: plainPaint, isVerbose: false })).toMatchInlineSnapshot(`
    "HOST  MACHINE  ADDRESS     STATE    ROLES     PROBES
    web1  devweb1  10.61.0.24  running  base web  10 of 12 green, 20 s ago
    web2  devweb2  10.61.0.25  silent   base web  stale: 12 of 12 green, 1 h 6 min ago
    ✗ web1: unit nginx red for 3 min: failed
    ✗ web1: tcp lb:81 of lb (must be closed) red for 20 s: open
    "
  `)
})
