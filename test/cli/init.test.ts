import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Copse, type Ended, endOf, runHere } from './copse.ts'

const copse = new Copse()
const demo = join(copse.directory, 'home', 'lab', 'demo')
const config = join(demo, 'copse.config.ts')
let made: Ended

beforeAll(async () => {
  made = await copse.run(['init', 'lab/demo'])
}, 60_000)

afterAll(() => copse[Symbol.dispose]())

const tsc = fileURLToPath(new URL('../../node_modules/.bin/tsc', import.meta.url))

/** The starter with a piece of its text replaced, while `look` looks at it. */
async function changed<T>(piece: string | RegExp, by: string, look: () => Promise<T>): Promise<T> {
  const text = readFileSync(config, 'utf8')
  writeFileSync(config, text.replace(piece, by))
  try {
    return await look()
  } finally {
    writeFileSync(config, text)
  }
}

test('init says what it wrote, that the subnet is free, and what to type next', () => {
  const { code, stdout, stderr } = made
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout.replaceAll(copse.directory, '').replace(/\S+\/copse (?=doctor|up)/g, 'copse ')).toMatch(
    /^demo: the hosts dns and web on 1[\d.]+\/24, which is free on this box\.\n {2}\/home\/lab\/demo\/copse\.config\.ts\n {2}\/home\/lab\/demo\/tsconfig\.json\nNext:\n {2}cd lab\/demo\n {2}copse doctor dev\n {2}copse up dev\n$/,
  )
})

test('the starter is a definition of two hosts, with the subnet that was named', async () => {
  const { code, stdout, stderr } = await runHere(['-C', demo, 'config', 'dev'])
  expect([code, stderr]).toEqual([0, ''])
  const { environment } = JSON.parse(stdout)
  expect(environment).toMatchObject({ ecosystem: 'demo', name: 'dev', domain: 'demo.internal' })
  expect(made.stdout).toContain(` on ${environment.subnet},`)
  const machines = environment.hosts.map(({ machine }: { machine: string }) => machine)
  expect(machines).toEqual(['devdns', 'devweb'])
})

test('doctor finds the subnet free, and says what to type for all that is not well', async () => {
  const directory = join(copse.directory, 'engine')
  const variables = { LXD_DIR: directory, INCUS_DIR: directory }
  const { stdout } = await copse.run(['-C', demo, 'doctor', 'dev', '--json'], variables)
  const findings: Record<'check' | 'ok' | 'fix', unknown>[] = JSON.parse(stdout).findings
  expect(findings).toContainEqual(expect.objectContaining({ check: 'dev: subnet', ok: true }))
  expect(findings.map(({ check }) => check)).toEqual(
    expect.arrayContaining(['dev: privileges', 'dev: ids', 'dev: resolvers', 'dev: disk', 'dev: inotify']),
  )
  expect(findings.filter(({ ok, fix }) => !ok && !fix)).toEqual([])
  expect(existsSync(directory)).toBe(false)
})

test('the environment that is commented out is as valid when it no longer is', async () => {
  const text = readFileSync(config, 'utf8')
  const prod = text
    .replace('dns, flow', 'dns, existing, flow')
    .replaceAll(/^( {4})\/\/ (prod:| {2}|\},)/gm, '$1$2')
  const { code, stdout, stderr } = await changed(text, prod.replaceAll('$', '$$$$'), () =>
    runHere(['-C', demo, 'config', 'prod']),
  )
  expect([code, stderr]).toEqual([0, ''])
  expect(JSON.parse(stdout).environment).toMatchObject({ domain: 'demo.example', protected: true })
})

test('the compiler, and so an editor, knows copse outside its checkout: it finds a mistake, and nothing else', async () => {
  const { code, stdout } = await changed('at: 21', "at: '21'", () =>
    endOf(execFile(tsc, ['--noEmit', '-p', demo])),
  )
  expect(stdout).toMatch(/^\S*copse\.config\.ts\(\d+,\d+\): error TS2322: Type 'string' .+\n$/)
  expect(code).not.toBe(0)
})

test('init overwrites nothing, and names what is there', async () => {
  const before = readFileSync(config, 'utf8')
  const { code, stdout, stderr } = await copse.run(['init', '-C', 'lab/demo'])
  expect([code, stdout]).toEqual([64, ''])
  expect(stderr).toContain(`copse: ${config} is there already; nothing was written\n`)
  expect(readFileSync(config, 'utf8')).toBe(before)
})

test('where one of its files is there already, init writes none of them', async () => {
  const directory = join(copse.directory, 'typescript')
  mkdirSync(directory)
  writeFileSync(join(directory, 'tsconfig.json'), '{}')
  const { code, stderr } = await runHere(['init', directory])
  expect(code).toBe(64)
  expect(stderr).toContain(`${directory}/tsconfig.json is there already`)
  expect(existsSync(join(directory, 'copse.config.ts'))).toBe(false)
})

test('a directory that cannot be made is named', async () => {
  const { code, stderr } = await runHere(['init', join(config, 'below')])
  expect(code).toBe(1)
  expect(stderr).toContain(`${config}/below cannot be written: ENOTDIR`)
})

test('init prints one JSON document', async () => {
  const { code, stdout } = await runHere(['init', join(copse.directory, '2027'), '--json'])
  expect(code).toBe(0)
  const document = JSON.parse(stdout)
  expect(document).toMatchObject({ version: 1, environment: 'dev', ecosystem: 'my-2027' })
  expect(document.files.filter(existsSync)).toHaveLength(2)
})
