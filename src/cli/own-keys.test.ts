import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { authorizedKeys } from '../resources/authorized-keys.ts'
import { file } from '../resources/file.ts'
import { keyIn, ownKeys } from './own-keys.ts'
import { wayOfPerson } from './way-of-person.ts'

const ana = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIANA'
const ben = 'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABBEN='

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'own-'))
  await writeFile(join(directory, 'id_ed25519.pub'), `${ana} ana@laptop\n`)
  await writeFile(join(directory, 'id_ed25519'), 'PRIVATE')
  await writeFile(join(directory, 'colleague.pub'), `${ben} ben\n`)
  await writeFile(join(directory, 'known_hosts'), 'x')
})
afterAll(() => rm(directory, { recursive: true }))

test('a key counts where its private half lies beside it', async () => {
  const found = await ownKeys(directory)
  expect(found).toContainEqual({ line: ana, file: join(directory, 'id_ed25519') })
  expect(found.map(({ line }) => line)).not.toContain(ben)
})

test('a key is read with its comment, and with the options of authorized_keys', () => {
  expect(keyIn(`${ana} ana@laptop`)).toBe(ana)
  expect(keyIn(`from="10.0.0.0/8",command="ssh x" ${ben} ben`)).toBe(ben)
  expect(keyIn('The agent has no identities.')).toBeUndefined()
})

const people = [
  { name: 'ana', keys: [`${ana} ana@laptop`] },
  { name: 'ben', keys: [ben] },
]
const resources = [
  file('/etc/motd', { content: '' }),
  authorizedKeys('deploy', [`${ben} from elsewhere`]),
  authorizedKeys('ops', [`${ana} ana@laptop`, ben]),
]
const own = [{ line: ana, file: '/home/ana/.ssh/id_ed25519' }]

test('a person goes in as the account that the definition opens to their key', () => {
  expect(wayOfPerson({ resources }, people, own)).toEqual({ person: 'ana', user: 'ops', key: own[0] })
})

test('a key of nobody in the environment opens nothing, whatever accounts take it', () => {
  expect(wayOfPerson({ resources }, people.slice(1), own)).toBeUndefined()
  expect(wayOfPerson({ resources: resources.slice(0, 2) }, people, own)).toBeUndefined()
})
