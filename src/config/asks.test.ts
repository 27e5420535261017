import { expect, test } from 'vitest'
import { officeHost } from '../../test/fixture/office.ts'
import { probe } from '../probes/index.ts'
import { asksOf } from './asks.ts'

const web1 = officeHost('web1')
const lb = officeHost('lb')
const operators = probe.http(web1, 'http://web1.office.internal/')

test('a host asks what is asked from there, of others too, and what operators ask about it', () => {
  const fromWeb1 = probe.tcp(lb, 80, { from: { host: 'web1' } })
  const fromLb = probe.tcp(web1, 80, { from: { host: 'lb' } })
  const aboutLb = probe.tcp(lb, 443)
  expect(asksOf(web1, [operators, fromWeb1, fromLb, aboutLb])).toEqual([
    { ...operators, from: { host: 'web1' } },
    fromWeb1,
  ])
})

test('that something is closed to operators the host itself cannot see', () => {
  expect(asksOf(web1, [probe.tcp(web1, 81, { expect: 'closed' })])).toEqual([])
})

test('what operators and the host itself ask alike is asked once', () => {
  const own = { ...operators, from: { host: 'web1' } }
  expect(asksOf(web1, [operators, own])).toEqual([own])
})
