import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { Copse, endOf } from './copse.ts'

const copse = new Copse()

afterAll(() => copse[Symbol.dispose]())

test('help and version start at once: neither zod nor the engine is loaded', async () => {
  const hook = join(copse.directory, 'hook.mjs')
  const load = '(url, context, next) => { process._rawDebug(url); return next(url, context) }'
  writeFileSync(hook, `import { registerHooks } from 'node:module'\nregisterHooks({ load: ${load} })\n`)
  for (const line of ['--help', 'version']) {
    const { stderr } = await copse.run([line], { NODE_OPTIONS: `--import=${hook}` })
    expect(stderr).toContain('/src/cli/main.ts')
    expect(stderr).not.toMatch(/\/zod\/|\/engine\/|\/config\//)
  }
})

test('a reader that goes away does not make a command crash', async () => {
  const child = copse.start(['docs', 'json'])
  child.stdout?.destroy()
  const { code, stderr } = await endOf(child)
  expect([code, stderr]).toEqual([0, ''])
})

test('a reader that takes its time gets all of a long document', async () => {
  const office = fileURLToPath(new URL('../../examples/office', import.meta.url))
  const line = copse.line(['-C', office, 'config', 'dev'])
  const stdout = execFileSync('sh', ['-c', `${line} | { sleep 3; cat; }`], { encoding: 'utf8' })
  // More than a pipe holds.
  expect(stdout.length).toBeGreaterThan(65_536)
  expect(JSON.parse(stdout)).toMatchObject({ version: 1 })
})
