/** What `copse diff` prints, in its three forms. */
import { expect, test } from 'vitest'
import type { Parity } from '../engine/parity/parity.ts'
import { plainPaint as paint } from './paint.ts'
import { parityDocument } from './parity-document.ts'
import { parityJunit } from './parity-junit.ts'
import { renderParity } from './render-parity.ts'
import { documents } from './schemas.ts'

const since = { a: undefined, b: undefined }
const parity: Parity = {
  a: 'dev',
  b: 'staging',
  score: 99.5,
  places: [
    {
      host: '',
      facts: { setting: 8 },
      differences: [
        {
          host: '',
          name: 'setting',
          key: 'subnet',
          a: '10.61.0.0/24',
          b: '10.62.0.0/24',
          kind: 'explained',
          reason: 'each environment has its own',
          since,
        },
      ],
    },
    {
      host: 'web1',
      facts: { package: 190, user: 2 },
      differences: [
        {
          host: 'web1',
          name: 'package',
          key: 'nginx',
          a: '1.26.3-3',
          b: '1.26.3-3+deb13u1',
          kind: 'undeclared',
          reason: 'nothing in the config says so',
          since: { a: 1_795_489_800, b: 1_795_500_000 },
        },
        {
          host: 'web1',
          name: 'user',
          key: 'eve\u001b[2J',
          a: undefined,
          b: '/bin/sh',
          kind: 'undeclared',
          reason: 'nothing in the config says so',
          since,
        },
      ],
    },
  ],
  unused: [
    {
      fact: 'unit',
      key: 'x.service',
      reason: 'it was there once',
      place: { file: '/o/copse.config.ts', line: 9, column: 5 },
    },
  ],
  unseen: [{ environment: 'staging', host: 'db', detail: 'it does not answer', hint: 'is it running?' }],
}

test('what is undeclared is shown, the rest is counted', () => {
  expect(renderParity(parity, { paint, isFull: false })).toMatchInlineSnapshot(`
    "  web1
        undeclared package nginx
            dev      1.26.3-3   since 2026-11-24 03:10
            staging  1.26.3-3+deb13u1   since 2026-11-24 06:00
        undeclared user eve\\x1b[2J
            dev      none
            staging  /bin/sh
      db  ✗ not seen in staging: it does not answer
          is it running?
      nothing needed what /o/copse.config.ts:9:5 allows: it was there once
    dev and staging are 99.5% alike: 200 facts, 2 undeclared, 0 allowed, 1 explained.   -v shows all
    "
  `)
})

test('-v shows also what is explained, with the reason', () => {
  expect(renderParity(parity, { paint, isFull: true })).toContain(
    '    explained setting subnet: each environment has its own\n        dev      10.61.0.0/24\n',
  )
})

test('the document keeps to its schema', () => {
  expect(documents.diff.parse(parityDocument(parity))).toMatchObject({
    version: 1,
    score: 99.5,
    facts: 200,
    summary: { allowed: 0, explained: 1, undeclared: 2 },
    differences: [
      { host: '', fact: 'setting subnet', a: '10.61.0.0/24', kind: 'explained' },
      { fact: 'package nginx', since: { a: '2026-11-24T03:10:00.000Z' } },
      { a: null },
    ],
    unseen: [{ host: 'db' }],
  })
})

test('JUnit has a case for each place and kind of fact, red where something is undeclared', () => {
  expect(parityJunit(parity)).toMatchInlineSnapshot(`
    "<?xml version="1.0" encoding="UTF-8"?>
    <testsuite name="copse diff dev staging" tests="4" failures="3">
      <testcase classname="definition" name="setting"></testcase>
      <testcase classname="web1" name="package"><failure message="nginx: 1.26.3-3 in dev, 1.26.3-3+deb13u1 in staging"/></testcase>
      <testcase classname="web1" name="user"><failure message="eve\\x1b[2J: none in dev, /bin/sh in staging"/></testcase>
      <testcase classname="db" name="seen in staging"><failure message="it does not answer"/></testcase>
    </testsuite>
    "
  `)
})
