/** Loading for real: each in a thread of its own, as every command does. */
import { execFile } from 'node:child_process'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, test } from 'vitest'
import { Configs, linesOf, officeText, officeWith } from '../../test/fixture/configs.ts'
import { CopseError } from '../lib/errors.ts'
import type { Desired } from '../model/desired.ts'
import { ConfigError, environmentNames, findConfig, type LoadOptions, loadConfig } from './load.ts'

const configs = new Configs()
afterAll(() => configs[Symbol.asyncDispose]())

/** The text of a config whose domain is an expression, after some statements. */
function computed(expression: string, statements = ''): string {
  return officeWith("'office.internal'", expression).replace('\nexport', `${statements}\nexport`)
}

async function failure(text: string, options: LoadOptions = {}): Promise<CopseError> {
  try {
    await loadConfig(configs.write(text), 'dev', options)
  } catch (error) {
    if (error instanceof CopseError) return error
    throw error
  }
  throw new Error('it was accepted')
}

/** The best of three, in milliseconds, because the box may be busy. */
async function timed(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = []
  for (let round = 0; round < 3; round++) {
    const start = performance.now()
    await work()
    times.push(performance.now() - start)
  }
  return Math.min(...times)
}

test('the office is loaded from a directory outside the checkout', async () => {
  const { environment, hosts } = await loadConfig(configs.write(officeText), 'dev')
  expect(environment.hosts.map(({ fqdn, address }) => `${fqdn} ${address}`)).toEqual([
    'devdns.office.internal 10.61.0.21',
    'devlb.office.internal 10.61.0.20',
    'devweb1.office.internal 10.61.0.24',
    'devweb2.office.internal 10.61.0.25',
  ])
  expect(hosts.every(({ resources, probes }) => resources.length > 0 && probes.length > 0)).toBe(true)
})

test('who gets ready early is given what is returned, and also what turns out to be refused', async () => {
  const told: Desired[] = []
  const early = (desired: Desired) => void told.push(desired)
  const desired = await loadConfig(configs.write(officeText), 'dev', { early })
  expect(told).toEqual([desired])
  const error = await failure(computed(`\`a\${Date.now()}.office\``), { early })
  expect(error.message).toContain('evaluated twice')
  expect(told).toHaveLength(2)
})

const spoiled = officeWith("'10.61.0.0/24'", "'10.61.0.1/24'").replace('at: 21', 'at: 1')

test('a good and a bad config take less than 2 s each', { timeout: 60_000 }, async () => {
  expect(await timed(() => loadConfig(configs.write(officeText), 'dev'))).toBeLessThan(2000)
  expect(await timed(() => failure(spoiled))).toBeLessThan(2000)
})

test('a bad config is refused with a line per problem and nothing else', async () => {
  const error = await failure(spoiled)
  expect(error).toBeInstanceOf(ConfigError)
  expect(error.code).toBe('config')
  expect(error.message.split('\n')).toEqual([
    expect.stringMatching(
      /copse\.config\.ts:10:15 {2}environments\.dev\.subnet must be .*found "10\.61\.0\.1\/24"$/,
    ),
    expect.stringMatching(/copse\.config\.ts:23:16 {2}hosts\.dns\.at is 1, the gateway of prod's subnet/),
  ])
})

describe('names', () => {
  test('of an environment that there is not: a usage error that lists them', async () => {
    await expect(loadConfig(configs.write(officeText), 'stage')).rejects.toMatchObject({
      code: 'usage',
      hint: 'there are: dev, prod',
    })
    await expect(loadConfig(configs.write(officeText), 'toString')).rejects.toMatchObject({ code: 'usage' })
  })

  test('of all environments can be asked for, also where something is wrong', async () => {
    expect(await environmentNames(configs.write(officeText))).toEqual(['dev', 'prod'])
    expect(await environmentNames(configs.write(officeWith('at: 21', 'at: 1')))).toEqual(['dev', 'prod'])
  })

  test('of a config that is not there: a usage error', () => {
    const directory = join(dirname(configs.write(officeText)), 'empty')
    expect(() => findConfig(directory)).toThrow(`there is no copse.config.ts in ${directory}`)
  })
})

describe('the environment', () => {
  const asked = computed("env('DOMAIN', 'office.test')").replace('existing', 'env, existing')

  test('is read through env alone', async () => {
    const file = configs.write(asked)
    const domain = async (variables: NonNullable<LoadOptions['variables']>) =>
      (await loadConfig(file, 'dev', { variables })).environment.domain
    expect(await domain({ DOMAIN: 'office.example' })).toBe('office.example')
    expect(await domain({})).toBe('office.test')
    const peeking = computed("Object.keys(process.env).length === 0 ? 'office.none' : 'office.some'")
    expect((await loadConfig(configs.write(peeking), 'dev')).environment.domain).toBe('office.none')
  })

  test('must hold what env wants when there is nothing to fall back on', async () => {
    const error = await failure(asked.replace(", 'office.test'", ''), { variables: {} })
    expect(error.message).toMatch(/:11:15 {2}the environment variable DOMAIN is not set; set it/)
  })
})

describe('a config that does not evaluate is one located problem', () => {
  test.each([
    ['syntax', officeWith('at: 20,', 'at: 20,,'), /^24:18 Unexpected token/],
    [
      'TypeScript that is more than types',
      computed("'office.internal'", 'enum A { B }'),
      /^3:1 SyntaxError: TypeScript enum is not supported/,
    ],
    ['a name twice', computed("'a.b'", 'const a = 1; const a = 2'), /^3:20 Identifier `a` has already/],
    [
      'an import of copse',
      officeWith('balancer,', 'balancr,'),
      /^2:10 copse exports no balancr; did you mean balancer\?$/,
    ],
    [
      'an import of a type',
      officeWith('balancer,', 'balancer, Host,'),
      /^2:20 copse exports no Host; a type is imported by/,
    ],
    [
      'an import of a file',
      `import { x } from './roles.ts'\n${officeText}`,
      /^1:19 there is no module \.\/roles\.ts/,
    ],
    [
      'an import of a package',
      `import x from 'left-pad'\n${officeText}`,
      /^1:15 there is no module left-pad; install it/,
    ],
    [
      'no default export',
      officeWith('export default', 'export const office ='),
      /^1:1 the config has no default export; export default defineEcosystem/,
    ],
    [
      'another default export',
      officeWith('defineEcosystem({', '({'),
      /^4:1 the default export is not made by defineEcosystem/,
    ],
    ['an empty file', '', /^1:1 the config has no default export/],
    ['an unknown name', computed('ofice.internal'), /^11:15 ReferenceError: ofice is not defined$/],
    ['what is no Error', computed("(() => { throw 'x' })()"), /^1:1 threw string, not an Error$/],
  ])('%s', async (_title, text, line) => {
    expect(linesOf(await configs.evaluate(text))).toEqual([expect.stringMatching(line)])
  })

  test.each([
    [
      'an end of the process',
      'process.exit(3)',
      {},
      /:1:1 {2}the config broke its own evaluation: it must not call/,
    ],
    [
      'a wait for nothing',
      'await new Promise(() => {})',
      {},
      /:1:1 {2}the config waits for something that never happens$/,
    ],
    [
      'a rejection that nobody sees',
      "Promise.reject(new Error('lost')); await new Promise((done) => setTimeout(done, 5000))",
      {},
      /:3:16 {2}the config broke its own evaluation: Error: lost$/,
    ],
    [
      'a lot of memory',
      'const all = []; for (;;) all.push(new Array(1e6).fill(0.5))',
      { deadline: 60_000 },
      /the config broke its own evaluation: .*memory/,
    ],
    [
      'an endless loop',
      'for (;;);',
      { deadline: 1500 },
      /:1:1 {2}the config broke its own evaluation: it did not end within 1\.5 s/,
    ],
  ])('%s, and copse lives on', { timeout: 70_000 }, async (_title, statements, options, message) => {
    const error = await failure(computed("'a.b'", statements), options)
    expect(error.code).toBe('config')
    expect(error.message.split('\n')).toHaveLength(1)
    expect(error.message).toMatch(message)
  })
})

describe('a config that varies is refused', () => {
  test.each([
    ['with the time', 'Date.now()'],
    ['with the day', "new Date().toISOString().slice(0, 10).replaceAll('-', '')"],
    ['by chance', 'Math.random().toString(36).slice(2)'],
    ['with each evaluation', 'globalThis.count = (globalThis.count ?? 0) + 1'],
  ])('%s', async (_title, expression) => {
    expect(linesOf(await configs.evaluate(computed(`\`a\${${expression}}.office\``)))).toEqual([
      expect.stringMatching(/^1:1 evaluated twice, the config gave two values: environment\.domain was "a/),
    ])
  })

  test('at the line of the resource that varies', async () => {
    const varying = "[web()], resources: [file('/a', { content: String(Math.random()) })]"
    const text = officeWith('[web()]', varying).replace('existing', 'existing, file')
    expect(linesOf(await configs.evaluate(text))).toEqual([
      expect.stringMatching(/^25:54 evaluated twice.*hosts\[2\]\.resources\[\d+\]\.spec\.content/),
    ])
  })
})

test('an aborted signal ends the load with its reason', async () => {
  const text = computed("'a.b'", 'for (;;);')
  const reason = new Error('enough')
  const abort = new AbortController()
  setTimeout(() => abort.abort(reason), 300)
  await expect(loadConfig(configs.write(text), 'dev', { signal: abort.signal })).rejects.toBe(reason)
})

test('what a config prints goes to standard error', async () => {
  const file = configs.write(computed("'a.b'", "console.log('from the config')"))
  const load = new URL('./load.ts', import.meta.url).href
  const script = `const { loadConfig } = await import(${JSON.stringify(load)})
process.stdout.write((await loadConfig(${JSON.stringify(file)}, 'dev')).environment.domain)`
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [
    '--input-type=module',
    '-e',
    script,
  ])
  expect(stdout).toBe('a.b')
  expect(stderr).toContain('from the config')
})

test("a config's own modules may import copse and zod", async () => {
  const role = `import { defineRole, file } from 'copse'
import { z } from 'zod'
export const motd = defineRole({
  name: 'motd',
  options: z.strictObject({ text: z.string().default('hello') }),
  resources: ({ options }) => [file('/etc/motd', { content: options.text })],
})`
  const text = `import { motd } from './roles/motd.ts'\n${officeWith('[dns()]', '[dns(), motd()]')}`
  const { hosts } = await loadConfig(configs.write(text, { 'roles/motd.ts': role }), 'dev')
  expect(hosts[0]?.resources.map(({ kind, key }) => `${kind} ${key}`)).toContain('file /etc/motd')
})
