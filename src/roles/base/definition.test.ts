import { expect, test } from 'vitest'
import { office } from '../../../test/fixture/office.ts'
import { definitionJson } from './definition.ts'

test('hosts are told names, addresses, roles and endpoints, and nothing that may be secret', () => {
  const text = definitionJson({ ...office, variables: { token: 'canary' } })
  expect(JSON.parse(text)).toMatchObject({
    version: 1,
    environment: 'dev',
    hosts: [{ name: 'lb', address: '10.61.0.20', names: ['lb', 'www', 'cdn'] }, {}, {}, {}],
  })
  expect(text).not.toMatch(/canary|ssh-ed25519|copse\.config\.ts/)
})
