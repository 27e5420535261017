/** The recipe of docs/jenkins.md is what the compiler checks in examples/jenkins and test/types. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { jenkins } from '../examples/jenkins/jenkins.ts'
import { office, officeHost } from './fixture/office.ts'

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')

test('its code is that of the example, and it says that nobody has seen it come up', () => {
  const text = read('docs/jenkins.md')
  const blocks = [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code]) => code)
  const config = read('test/types/jenkins/copse.config.ts').replace('../../../examples/jenkins/', './')
  expect(blocks).toEqual([config, read('examples/jenkins/jenkins.ts')])
  expect(text).toContain('**Unproven.**')
})

test('its options make a host with the package source before the package, and no secret that others may read', () => {
  const key = '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nx\n-----END PGP PUBLIC KEY BLOCK-----\n'
  const role = jenkins({ key, pluginManager: { version: '2.13.2', sha256: '0'.repeat(64) } })
  expect(role.problems).toEqual([])
  const list = [role.resources(office, officeHost('lb'))].flat(9)
  const ids = list.flatMap((item) => ('kind' in item ? [`${item.kind} ${item.key}`] : []))
  const source = ids.indexOf('file /etc/apt/sources.list.d/jenkins.sources')
  expect(source).toBeGreaterThan(ids.indexOf('file /etc/apt/keyrings/jenkins.asc'))
  expect(ids.indexOf('package jenkins')).toBeGreaterThan(source)
  const secrets = list.filter((item) => JSON.stringify(item).includes('"secret":"jenkins-admin"'))
  expect(secrets).toMatchObject([{ key: '/etc/jenkins/admin-password', spec: { mode: 0o640 } }])
})
