import { expect, test } from 'vitest'
import type { Probe, Verdict } from '../model/probe.ts'
import { plainPaint } from './paint.ts'
import { renderJunit } from './render-junit.ts'
import { renderVerdicts, verdictCount } from './render-verdict.ts'

const probe = (more: Partial<Probe>): Probe => ({
  kind: 'tcp',
  name: 'tcp 10.61.0.24:80',
  from: 'operator',
  to: 'web1',
  expect: 'answers',
  isFast: true,
  spec: {},
  ...more,
})
const verdicts: readonly Verdict[] = [
  { probe: probe({}), ok: true, ms: 3, detail: 'open' },
  {
    probe: probe({ name: 'tcp 10.61.0.24:81', from: { host: 'lb' }, expect: 'closed' }),
    ok: false,
    ms: 4,
    detail: 'open <&> "x"\x1b',
  },
  { probe: probe({ name: 'dns www', to: 'dns' }), ok: true, ms: 1200, detail: '10.61.0.20' },
]

test('verdicts stand by the host that they ask about', () => {
  expect(`\n${renderVerdicts(verdicts, plainPaint)}`).toMatchInlineSnapshot(`
    "
      web1
        ✓ tcp 10.61.0.24:80                          open              3 ms
        ✗ tcp 10.61.0.24:81 from lb, must be closed  open <&> "x"\\x1b  4 ms
      dns
        ✓ dns www  10.61.0.20  1.2 s
    "
  `)
})

test('they are counted', () => {
  expect(verdictCount(verdicts)).toBe('2 of 3 green, 1 red')
  expect(verdictCount(verdicts.slice(0, 1))).toBe('1 of 1 green')
})

test('JUnit XML has a case per probe, with what was seen of the red ones, escaped', () => {
  expect(renderJunit('dev', verdicts)).toMatchInlineSnapshot(`
    "<?xml version="1.0" encoding="UTF-8"?>
    <testsuite name="copse verify dev" tests="3" failures="1" time="1.207">
      <testcase classname="web1" name="tcp 10.61.0.24:80 from operator" time="0.003"></testcase>
      <testcase classname="web1" name="tcp 10.61.0.24:81 from lb, must be closed" time="0.004"><failure message="open &lt;&amp;&gt; &quot;x&quot;\\x1b"/></testcase>
      <testcase classname="dns" name="dns www from operator" time="1.2"></testcase>
    </testsuite>
    "
  `)
})
