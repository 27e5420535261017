/** docs/walkthrough.md, typed as it stands there, on an office of its own. */
import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { execa } from 'execa'
import { chromium } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { officeOnBox } from '../system/office/on-box.ts'
import type { World } from '../system/office/world.ts'

const root = new URL('../../', import.meta.url).pathname
const text = await readFile(`${root}docs/walkthrough.md`, 'utf8')

/** One command, and lines that are among what it prints; `…` stands for anything. */
interface Typed {
  readonly command: string
  readonly shows: readonly string[]
}

const story: readonly Typed[] = [...text.matchAll(/^```console\n(.*?)^```$/gms)].flatMap(([, block = '']) =>
  block
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [command = '', ...shows] = part.trimEnd().split('\n')
      return { command, shows }
    }),
)

let world: World

beforeAll(async () => {
  world = await officeOnBox()
})

afterAll(() => world?.[Symbol.asyncDispose](), 180_000)

/** The office of the test has a subnet of its own. */
function here(words: string): string {
  return words.replaceAll(/10\.61\.0\.(?=\d)/g, world.address('lb').replace(/\d+$/, ''))
}

function patternOf(line: string): RegExp {
  const parts = here(line)
    .trim()
    .split('…')
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll(/\s+/g, '\\s+'))
  return new RegExp(parts.join('.*'))
}

test.each(story)('$command', { timeout: 900_000 }, async ({ command, shows }) => {
  const identity = { GIT_AUTHOR_NAME: 'Ana', GIT_AUTHOR_EMAIL: 'ana@office.example' }
  const committer = { GIT_COMMITTER_NAME: 'Ana', GIT_COMMITTER_EMAIL: 'ana@office.example' }
  const env = { ...world.env, ...identity, ...committer, PATH: `${root}:${process.env.PATH}` }
  const typed = await execa('sh', ['-c', here(command)], {
    cwd: dirname(world.config),
    env,
    all: true,
    reject: false,
    stdin: 'ignore',
  })
  expect(typed.exitCode, typed.all).toBe(0)
  for (const line of shows) expect(typed.all).toMatch(patternOf(line))
})

test('the page shows the build with its tests', { timeout: 60_000 }, async () => {
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      `--host-resolver-rules=MAP builds.office.internal ${world.address('lb')}`,
      '--disable-background-networking',
      '--disable-sync',
    ],
  })
  try {
    const page = await browser.newPage()
    await page.goto('http://builds.office.internal/')
    await page.getByText('rebuild').first().waitFor()
    await page
      .getByText(/\d+ passed/)
      .first()
      .waitFor()
  } finally {
    await browser.close()
  }
})
