import { expect, test } from 'vitest'
import { judged } from '../../test/fixture/judge.ts'
import { logKeptKind, logKeptProbe } from './log-kept.ts'
import { logSentKind, logSentProbe } from './log-sent.ts'

const log = { name: 'log', address: '10.61.0.22' }
const web1 = { name: 'web1', address: '10.61.0.24' }
const sent = logSentProbe(log, { from: { host: 'web1' } })
const kept = logKeptProbe(log, { of: web1, journals: '/srv/journals' })

test('the host that writes is asked whether its line was acknowledged, the host of logs whether it has it', () => {
  expect(sent).toMatchObject({ name: 'log-sent web1', from: { host: 'web1' }, to: 'log', isFast: false })
  expect(kept).toMatchObject({ name: 'log-kept web1', from: { host: 'log' }, to: 'log', isFast: false })
})

test('only what came by the certificate of that host counts', () => {
  expect(logKeptKind.script(kept.spec).shell).toContain(`'--file=/srv/journals/web1[.@]*'`)
})

test.each([
  [0, 'line 7-1 was acknowledged after 0 s\n', true],
  [1, 'line 7-1 was not acknowledged in 12 s: Connection refused\n', false],
])('exit %d is read so', (code, output, answers) => {
  for (const kind of [logSentKind, logKeptKind])
    expect(judged(kind, kind === logSentKind ? sent.spec : kept.spec, { code, output })).toEqual({
      answers,
      detail: output.trim(),
    })
})
