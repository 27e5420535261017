import { expect, test } from 'vitest'
import { checkBox } from './box-checks.ts'

test('a program that is not there is named with the package that brings it', async () => {
  const findings = await checkBox(true, '/nowhere')
  expect(findings.find(({ check }) => check === 'dig')).toEqual({
    check: 'dig',
    ok: false,
    detail: 'not found; it is for probes',
    fix: 'apt-get install bind9-dnsutils',
  })
})

test('a program is found anywhere on the path', async () => {
  const findings = await checkBox(true, '/nowhere:/usr/bin:/bin')
  expect(findings.find(({ check }) => check === 'flock')).toMatchObject({ ok: true })
})
