/** The program that asks a host's probes: which are due, what it remembers, and what it tells whom. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { askProgram, probe, questionsText } from 'copse'
import { execa } from 'execa'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { officeHost } from '../../../test/fixture/office.ts'

const web1 = officeHost('web1')
let directory: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'copse-monitor-'))
  writeFileSync(join(directory, 'ask'), askProgram())
  // A journal that prints.
  const program = readFileSync(new URL('./monitor.pl', import.meta.url), 'utf8')
    .replace('/usr/local/lib/copse/ask', join(directory, 'ask'))
    .replace(/^ {2}socket my \$socket.*$/m, '')
    .replace(/^ {2}send \$socket.*$/m, '  print $text;')
  writeFileSync(join(directory, 'monitor'), program)
  writeFileSync(
    join(directory, 'etc'),
    questionsText([
      probe.command(web1, `[ ! -e ${directory}/broken ] && echo well`),
      probe.command(web1, `echo x >>${directory}/asked`),
      probe.statsd(web1, { port: 80, from: { host: 'web1' } }),
    ]).replace(/\texec perl -e.*?(?=^probe)/ms, `\techo x >>${directory}/rarely\n`),
  )
})

afterEach(() => rmSync(directory, { recursive: true }))

/** What it told the journal. */
async function run(...carbons: readonly string[]): Promise<string> {
  const words = [join(directory, 'monitor'), join(directory, 'etc'), 'web1', ...carbons]
  return (await execa('perl', words, { cwd: directory })).stdout
}

const verdicts = () => readFileSync(join(directory, 'verdicts'), 'utf8').split('\n').slice(1, -1)
const times = (name: string) => readFileSync(join(directory, name), 'utf8').length / 2
const breakIt = () => writeFileSync(join(directory, 'broken'), '')
const mendIt = () => rmSync(join(directory, 'broken'))

test('the journal is told of a verdict when it changes, and of all that is red at each run', async () => {
  const first = await run()
  expect(first).not.toContain('COPSE_MONITOR=verdict')
  expect(first).toContain('MESSAGE=3 of 3 green\nPRIORITY=5\nCOPSE_MONITOR=run\nCOPSE_GREEN=3\nCOPSE_RED=0')
  breakIt()
  const broken = await run()
  expect(broken).toMatch(/^MESSAGE=command .* is red: exit 1: no output\nPRIORITY=4\nCOPSE_MONITOR=verdict$/m)
  expect(broken).toMatch(/^COPSE_IS_RED=1\t\d+\tcommand .*\tweb1\tweb1\texit 1: no output$/m)
  const still = await run()
  expect(still).not.toContain('COPSE_MONITOR=verdict')
  expect(still).toMatch(/^COPSE_IS_RED=2\t\d+\tcommand /m)
  mendIt()
  const mended = await run()
  expect(mended).toMatch(/^MESSAGE=command .* is green: well$/m)
  expect(mended).not.toContain('COPSE_IS_RED')
})

test('verdicts are kept with since when they are so, and for how many times', async () => {
  await run()
  await run()
  breakIt()
  await run()
  const [broken = '', well = ''] = verdicts().map((line) => line.split('\t'))
  expect([broken[4], broken[8], broken[9]]).toEqual(['red', '1', 'exit 1: no output'])
  expect([well[4], well[8], well[9]]).toEqual(['green', '3', 'no output'])
  expect(Number(broken[7])).toBeGreaterThanOrEqual(Number(well[7]))
})

test('what is dear is asked a second time at once, and then when it is due', async () => {
  for (let runs = 0; runs < 4; runs++) await run()
  expect([times('asked'), times('rarely')]).toEqual([4, 2])
  expect(verdicts()).toHaveLength(3)
})

test('what is no longer asked is forgotten', async () => {
  await run()
  writeFileSync(join(directory, 'etc'), questionsText([probe.command(web1, 'true')]))
  expect(await run()).toContain('MESSAGE=1 of 1 green')
  expect(verdicts()).toHaveLength(1)
})

test('Graphite is told how many are green and red, and of each; one that is away is no trouble', async () => {
  const received: string[] = []
  const server = createServer((socket) => socket.on('data', (data) => received.push(String(data))))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = address && typeof address === 'object' ? address.port : 0
  breakIt()
  await run(`127.0.0.1:1`, `127.0.0.1:${port}`)
  server.close()
  const lines = received.join('')
  expect(lines).toMatch(/^monitor\.web1\.green 2 \d+$/m)
  expect(lines).toMatch(/^monitor\.web1\.red 1 \d+$/m)
  expect(lines).toMatch(/^monitor\.web1\.probes\.statsd-copse-probe-web1 1 \d+$/m)
  expect(lines.match(/^monitor\.web1\.probes\.[\w-]+ [01] \d+$/gm)).toHaveLength(3)
})

test('questions that cannot be asked leave what was known, and are said', () => {
  rmSync(join(directory, 'ask'))
  expect(() => execFileSync('perl', ['monitor', 'etc', 'web1'], { cwd: directory, stdio: 'pipe' })).toThrow(
    /asking ended/,
  )
})
