import { expect, test } from 'vitest'
import { dnsProbe } from '../probes/dns.ts'
import { httpProbe } from '../probes/http.ts'
import { statsdProbe } from '../probes/statsd.ts'
import { askedTogether, makeQuestions, parseAnswers } from './questions.ts'

test('each probe has its own code, time and output', () => {
  const answers = parseAnswers('@@b\t00000\t0\t12\nhello\nworld\n\n@@b\t00001\t7\t3004\n\n', '@@b')
  expect(answers.get('00000')).toEqual({ code: 0, ms: 12, output: 'hello\nworld\n' })
  expect(answers.get('00001')).toEqual({ code: 7, ms: 3004, output: '' })
})

test('questions to one DNS server are asked by one script, fifty at most; others each by their own', () => {
  const server = { name: 'dns', address: '10.61.0.21' }
  const names = Array.from({ length: 60 }, (_, index) =>
    dnsProbe(server, { name: `h${index}.office.internal` }),
  )
  const other = dnsProbe({ ...server, address: '10.61.0.22' }, { name: 'h0.office.internal' })
  const web = httpProbe({ name: 'lb', address: '10.61.0.20' }, 'http://www.office.internal/')
  const groups = askedTogether([web, web, ...names, other])
  expect(groups.map((group) => group.length)).toEqual([1, 1, 48, 12, 1])
})

test('each script has the time that its kind asks for', () => {
  const log = { name: 'log', address: '10.61.0.22' }
  const { files } = makeQuestions([
    httpProbe(log, 'http://log.office.internal/'),
    statsdProbe(log, { port: 80, from: { host: 'lb' } }),
  ])
  expect([files['seconds/00000'], files['seconds/00001']]).toEqual([{ text: '10' }, { text: '20' }])
})
