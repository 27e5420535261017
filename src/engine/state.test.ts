import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { makeStateDirectory, removeStateDirectory, stateDirectory } from './state.ts'

const directory = mkdtempSync(join(tmpdir(), 'state-'))
afterAll(() => rmSync(directory, { recursive: true }))
const config = join(directory, 'copse.config.ts')
writeFileSync(config, '')
const dev = { ecosystem: 'office', name: 'dev' }

test('it is named by ecosystem, checkout and environment', () => {
  expect(stateDirectory(config, dev, '/state')).toMatch(/^\/state\/copse\/office-[0-9a-f]{8}\/dev$/)
})

test('one config has one directory, by whatever path it is named', () => {
  symlinkSync(directory, `${directory}.link`)
  try {
    const linked = stateDirectory(join(`${directory}.link`, 'copse.config.ts'), dev, '/state')
    expect(linked).toBe(stateDirectory(config, dev, '/state'))
  } finally {
    rmSync(`${directory}.link`)
  }
})

test('two checkouts have one each', () => {
  const other = join(directory, 'other.config.ts')
  writeFileSync(other, '')
  expect(stateDirectory(other, dev, '/state')).not.toBe(stateDirectory(config, dev, '/state'))
})

test('it is in the home directory where XDG_STATE_HOME is no absolute path', () => {
  const home = join(homedir(), '.local/state/copse/')
  for (const path of ['', 'relative/state'])
    expect(stateDirectory(config, dev, path).startsWith(home)).toBe(true)
})

test('it is made for its owner only, also when it was there', async () => {
  const path = join(directory, 'copse/dev')
  mkdirSync(path, { recursive: true, mode: 0o755 })
  await makeStateDirectory(path)
  expect(statSync(path).mode & 0o777).toBe(0o700)
})

test('removing it leaves nothing of it, and what other environments have', async () => {
  const base = join(directory, 'removed')
  const office = join(base, 'copse', 'office-1')
  for (const name of ['dev', 'staging']) await makeStateDirectory(join(office, name))
  await removeStateDirectory(join(office, 'dev'))
  expect(readdirSync(office)).toEqual(['staging'])
  await removeStateDirectory(join(office, 'staging'))
  expect(existsSync(base) && readdirSync(base)).toEqual([])
})
