/** What is wrong with an allowance is told at its very place: after the mark. */
import { afterAll, expect, test } from 'vitest'
import { Configs, linesOf, officeWith } from '../../test/fixture/configs.ts'

const configs = new Configs()
afterAll(() => configs[Symbol.asyncDispose]())

const mark = '/*!*/'
const ofDev = (allowance: string) =>
  officeWith("subnet: '10.61", `differences: [${allowance}], subnet: '10.61`)

test.each([
  [
    'no fact',
    ofDev(`allow('why', { fact: ${mark}'unti' })`),
    /allow\.fact must be one of setting, .*found "unti"$/,
  ],
  ['no reason', ofDev(`allow(${mark}' ', { fact: 'unit' })`), /allow\.reason must say in words why/],
  [
    'a host that is none',
    ofDev(`allow('why', { fact: 'unit', host: ${mark}'wbe' })`),
    /allowed on "wbe", which is no host, group or role; did you mean web\?$/,
  ],
  [
    'something that is none',
    officeWith('hosts: {', `differences: [${mark}'mail'], hosts: {`),
    /differences\[0\] must be made by allow/,
  ],
])('an allowance of %s', async (_what, text, said) => {
  const whole = text.replace('import {', 'import { allow,')
  const [line = '', ...more] = linesOf(await configs.evaluate(whole))
  expect(line).toMatch(said)
  expect(more).toEqual([])
  const at = whole.indexOf(mark) + mark.length
  expect(line).toContain(`${whole.slice(0, at).split('\n').length}:${at - whole.lastIndexOf('\n', at - 1)} `)
})

test('one that is whole is no problem', async () => {
  const text = ofDev(`allow('why', { fact: 'unit', key: 'x.service', host: 'web' })`)
  expect(linesOf(await configs.evaluate(text.replace('import {', 'import { allow,')))).toEqual([])
})
