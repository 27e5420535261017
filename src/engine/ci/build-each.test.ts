/** The steps of the job, on a machine that says what is written here. */
import { expect, test } from 'vitest'
import { www } from '../../../test/fixture/office.ts'
import type { Archive, Transport } from '../../transports/transport.ts'
import { buildEach } from './build-each.ts'

const artifact = 'a'.repeat(64)
const report = `/srv/artifacts/reports/${'b'.repeat(64)}.xml`
const green = [
  'copse-step 1 make',
  'copse-alive',
  'made',
  `copse-report ${report}`,
  `copse-artifact ${artifact} 42 built`,
  'copse-end 0',
]
const red = [
  'copse-step test make check',
  `copse-report ${report}`,
  'copse-failed test 1 make check',
  'copse-end 1',
]

interface Said {
  readonly builds: Readonly<Record<string, readonly string[]>>
  readonly read?: { readonly code: number; readonly stdout: string }
}

const text = (archive: Archive, name: string) => {
  const payload = archive[name]
  return payload && 'text' in payload ? payload.text : ''
}

const told = (passed: number, failed: number, names: readonly object[] = []) => ({
  code: 0,
  stdout: JSON.stringify({ passed, failed, skipped: 1, names }),
})

/** Builds `repo`, then `www`; what was heard, which scripts ran beside the builds, and what came of it. */
async function run({ builds, read = told(0, 0) }: Said) {
  const heard: string[] = []
  const scripts: string[] = []
  const transport: Transport = {
    async run(archive) {
      scripts.push(text(archive, 'main'))
      return { ...read, stderr: '' }
    },
    async *stream(archive) {
      yield* builds[text(archive, 'app').trim()] ?? []
    },
    loginAnew: async () => true,
  }
  const source = { file: '/source.tar.gz', digest: 'c'.repeat(64), commit: 'abc' }
  const sources = ['repo', 'www'].map((name) => ({ app: { ...www, name, test: 'make check' }, source }))
  const signal = new AbortController().signal
  const built = await buildEach(transport, { sources, signal, hear: (line) => heard.push(line) })
  return { heard, scripts, built }
}

test('all that are green have an artifact, and their tests are counted together', async () => {
  const { built, heard } = await run({ builds: { repo: green, www: green }, read: told(2, 0) })
  expect(built).toEqual({
    artifacts: new Map([
      ['repo', artifact],
      ['www', artifact],
    ]),
    tests: { passed: 4, failed: 0, skipped: 2, names: [] },
  })
  expect(heard.slice(0, 3)).toEqual(['$ build-repo', 'copse-step 1 make', 'made'])
  expect(heard.join('\n')).not.toMatch(/copse-(alive|end)/)
})

test('one that is red ends it, with no artifact of any, and its failed tests are named', async () => {
  const names = [{ name: 'sums', message: 'it broke' }]
  const { built, heard } = await run({ builds: { repo: red, www: green }, read: told(1, 1, names) })
  expect(built).toEqual({
    artifacts: new Map(),
    tests: { passed: 1, failed: 1, skipped: 1, names: [{ app: 'repo', ...names[0] }] },
    trouble: 'repo was not built: its test (make check) ended with code 1',
  })
  expect(heard).not.toContain('$ build-www')
  expect(heard.at(-1)).toBe('repo is not built')
})

test('a build that is cut off is red, whatever it claimed before', async () => {
  const { built } = await run({ builds: { repo: green.slice(0, -1) } })
  expect(built.trouble).toBe('repo was not built: the build was cut off')
})

test('reports are read by an account without rights; one that cannot be read is said, and counts nothing', async () => {
  const { built, heard, scripts } = await run({
    builds: { repo: green, www: green },
    read: { code: 124, stdout: '' },
  })
  expect(scripts[0]).toContain('setpriv --reuid=65534 --regid=65534 --clear-groups')
  expect(heard).toContain(`the report of the tests could not be read: ${report}`)
  expect(built.tests).toEqual({ passed: 0, failed: 0, skipped: 0, names: [] })
})
