import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { office } from '../../../test/fixture/office.ts'
import { factPrograms } from '../remote-scripts.ts'
import { parseFacts } from './fact.ts'
import { namesOf, namesText, neutralise } from './neutral.ts'

test('a line of the host is a fact, whatever stands in its fields', () => {
  expect(parseFacts('cron\troot: a%09b%0Ac 5%25\tset\tuser root|package cron\t1795489800\t\nend\n')).toEqual([
    {
      name: 'cron',
      key: 'root: a\tb\nc 5%',
      value: 'set',
      follows: ['user root', 'package cron'],
      since: 1_795_489_800,
      isStrict: false,
    },
  ])
})

test('a line that means nothing to this version is no fact', () => {
  expect(parseFacts('horoscope\tlibra\tgood\t\t\t\n')).toEqual([])
})

test('a key is known by its fingerprint, as ssh-keygen prints it', () => {
  const blob = 'AAAAC3NzaC1lZDI1NTE5AAAAIHp4bJV3m0iuC0EHLbnTrUd6mCMfoLULmkvhKEh5r0dV'
  const [fact] = parseFacts(`key\troot ssh-ed25519 ${blob}\tana\tuser root\t\t\n`)
  const { stdout } = spawnSync('ssh-keygen', ['-lf', '-'], {
    input: `ssh-ed25519 ${blob} ana\n`,
    encoding: 'utf8',
  })
  expect(fact?.key).toBe(`root ${stdout.split(' ')[1]}`)
})

test.each([
  ['listen 10.61.0.24:80;', 'listen ADDRESS-OF-web1:80;'],
  ['10.61.0.240 10.61.0.2', '10.61.0.240 10.61.0.2'],
  ['www.office.internal devweb1.office.internal', 'www.DOMAIN web1.DOMAIN'],
  ['from devdns to the gateway 10.61.0.1 of 10.61.0.0/24', 'from dns to the gateway GATEWAY of SUBNET'],
  ['/dev/null', '/dev/null'],
])('what must differ is neutral: %s', (text, neutral) => {
  expect(neutralise(text, namesOf(office))).toBe(neutral)
})

test('hosts are told of every name, one a line', () => {
  expect(namesText(namesOf(office))).toContain('10.61.0.24\tADDRESS-OF-web1\n')
})

test.each(Object.entries(factPrograms()))('Perl compiles %s without a warning', (_name, { text }) => {
  expect(spawnSync('perl', ['-wc'], { input: text, encoding: 'utf8' }).stderr).toBe('- syntax OK\n')
})
