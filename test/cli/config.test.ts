import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { officeWith } from '../fixture/configs.ts'
import { Copse, runHere } from './copse.ts'

const copse = new Copse()
const office = fileURLToPath(new URL('../../examples/office', import.meta.url))

/** For a busy machine: evaluating a config takes a thread of its own. */
const slow = { timeout: 30_000 }

afterAll(() => copse[Symbol.dispose]())

function write(name: string, text: string): string {
  const directory = join(copse.directory, name)
  mkdirSync(directory)
  writeFileSync(join(directory, 'copse.config.ts'), text)
  return directory
}

test.each(['plan', 'up', 'dns', 'history'])(
  'copse %s names every problem of a config with its place, and exits with 78',
  slow,
  async (command) => {
    const directory = write(command, officeWith("subnet: '10.61.0.0/24'", "subnet: '10.61.0.1/24'"))
    const { code, stdout, stderr } = await runHere(['-C', directory, command, 'dev'])
    expect([code, stdout]).toEqual([78, ''])
    expect(stderr).toMatch(/copse\.config\.ts:10:\d+ {2}.+\n/)
    expect(stderr).toMatch(/\ncopse: the config is not valid; nothing was touched\n$/)
    expect(stderr).not.toMatch(/^ {4}at /m)
  },
)

test('with a bad config the real binary touches nothing', slow, async () => {
  const directory = write('binary', officeWith('dns()', 'dns({ forward: 1 })'))
  const { code, stderr } = await copse.run(['-C', directory, 'up', 'dev'])
  expect(code).toBe(78)
  expect(stderr).toMatch(/^\S*binary\/copse\.config\.ts:\d+:\d+ {2}/)
  expect(existsSync(copse.state)).toBe(false)
})

test('the resolved definition is a JSON document', slow, async () => {
  const { code, stdout } = await runHere(['config', 'dev', '-C', office])
  expect(code).toBe(0)
  const document = JSON.parse(stdout)
  expect(document).toMatchObject({ version: 1, environment: { ecosystem: 'office', name: 'dev' } })
  expect(document.hosts.map(({ host }: { host: { fqdn: string } }) => host.fqdn)).toContain(
    'devweb2.office.internal',
  )
})

test('a history without runs is empty, and makes no directory', slow, async () => {
  const { code, stdout } = await copse.run(['history', 'dev', '-C', office])
  expect([code, stdout]).toEqual([0, 'No run yet from this machine.\n'])
  expect(existsSync(copse.state)).toBe(false)
})
