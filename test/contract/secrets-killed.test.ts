/** A secret that somebody was told of is never lost, whenever copse is killed while it keeps another. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { storeFor } from '../../src/engine/secrets/store.ts'
import { stateDirectory } from '../../src/engine/state.ts'
import { Copse, endOf } from '../cli/copse.ts'
import { office } from '../fixture/office.ts'

const copse = new Copse()
afterAll(() => copse[Symbol.dispose]())

const directory = join(copse.directory, 'killed')
const file = join(directory, 'copse.config.ts')
const state = join(copse.state, 'copse')

function write(): void {
  mkdirSync(directory)
  writeFileSync(
    file,
    `import { defineEcosystem, existing } from 'copse'
export default defineEcosystem({
  name: 'office',
  environments: { dev: { machines: existing(), subnet: '10.71.0.0/24', domain: 'office.internal' } },
  hosts: { web: { at: 24, roles: [] } },
})
`,
  )
}

async function kept(): Promise<ReadonlyMap<string, string>> {
  const stateDir = stateDirectory(file, office, copse.state)
  const { values } = await storeFor(
    { file, environment: office, hosts: [], differences: [] },
    stateDir,
  ).read()
  return new Map([...values].map(([name, value]) => [name, value.reveal()]))
}

test('killed at any moment, it leaves all that was kept before', { timeout: 300_000 }, async () => {
  write()
  const known = new Map<string, string>()
  const set = (name: string) => copse.start(['-C', directory, 'secrets', 'dev', 'set', name, '--generate'])
  const began = performance.now()
  expect(await endOf(set('first'))).toMatchObject({ code: 0 })
  const whole = performance.now() - began
  const trials = 10
  for (let trial = 1; trial <= trials; trial++) {
    const child = set(`s${trial}`)
    // The last half is where it locks, encrypts and writes.
    const timer = setTimeout(() => child.kill('SIGKILL'), whole * (0.5 + (trial / trials) * 0.6))
    const { code } = await endOf(child)
    clearTimeout(timer)
    const now = await kept()
    for (const [name, value] of known) expect(now.get(name), name).toBe(value)
    if (code === 0) expect(now.has(`s${trial}`)).toBe(true)
    for (const [name, value] of now) known.set(name, value)
  }
  expect(await endOf(set('last'))).toMatchObject({ code: 0 })
  expect([...(await kept()).keys()]).toContain('last')
  const files = readdirSync(state, { recursive: true }).map(String)
  expect(files.filter((name) => /secrets\.age\.\d+$/.test(name))).toEqual([])
})
