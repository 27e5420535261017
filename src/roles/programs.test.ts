/** The programs that roles put on hosts are whole: Perl compiles them without a warning. */
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const here = new URL('.', import.meta.url)
const programs = readdirSync(here, { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.pl'),
)

test.each(programs)('%s', (name) => {
  const { stderr } = spawnSync('perl', ['-wc'], {
    input: readFileSync(new URL(name, here)),
    encoding: 'utf8',
  })
  expect(stderr).toBe('- syntax OK\n')
})
