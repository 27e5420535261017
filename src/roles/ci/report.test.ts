/** What is told of a build's tests: read from JUnit, and written down for the page. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { expect, test } from 'vitest'
import { makeCiHost } from '../../../test/fixture/ci-host.ts'

const program = new URL('host/junit.pl', import.meta.url).pathname

async function read(report: string): Promise<unknown> {
  const { stdout } = await execa('perl', [program], { input: report })
  return JSON.parse(stdout)
}

const none = { passed: 0, failed: 0, skipped: 0, names: [] }

test.each([
  ['an empty report', '', none],
  [
    'tests of every kind',
    `<?xml version="1.0"?><testsuites><testsuite name="s"><testcase name="a" classname="s"/>
<testcase name="b" classname="s"><failure message="1 &lt; 2&#10;no" type="x">stack</failure></testcase>
<testcase name='c > d'><error><![CDATA[
  Error: <gone>
  at x]]></error></testcase><testcase name="e"><skipped/></testcase></testsuite></testsuites>`,
    {
      passed: 1,
      failed: 2,
      skipped: 1,
      names: [
        { name: 's b', message: '1 < 2 no' },
        { name: 'c > d', message: 'Error: <gone>' },
      ],
    },
  ],
  [
    'one that was cut',
    '<testsuite><testcase name="a"/><testcase name="b"><failure message="x">',
    { ...none, passed: 1, failed: 1, names: [{ name: 'b', message: 'x' }] },
  ],
  ['what is no XML', 'a < b & c', none],
  [
    'what would control a terminal',
    '<testcase name="a&#27;[31m&#xe4;"><failure message="&#7;"/></testcase>',
    { ...none, failed: 1, names: [{ name: 'a [31mä', message: '' }] },
  ],
  ['a comment', '<!-- <testcase name="a"/> --><testcase name="b"/>', { ...none, passed: 1 }],
])('%s', async (_what, report, told) => {
  expect(await read(report)).toEqual(told)
})

test('a thousand failures are counted, and a hundred named', async () => {
  const report = await read('<testcase name="a"><failure/></testcase>'.repeat(1000))
  expect(report).toMatchObject({ failed: 1000, names: { length: 100 } })
})

test('what came of a build stands in a list, the newest first, with the tests of the apps that it came to', async () => {
  await using host = await makeCiHost()
  const commit = 'c'.repeat(40)
  for (const app of ['www', 'repo']) {
    mkdirSync(join(host.directory, 'store/commits', app), { recursive: true })
    writeFileSync(
      join(host.directory, 'store/commits', app, `${commit}.xml`),
      `<testcase name="${app}"><failure message="no"/></testcase><testcase name="x"/>`,
    )
  }
  const step = (name: string, results: number | null) => ({ name, results })
  for (const number of [9, 10]) {
    host.api.set(`builders/rebuild/builds/${number}`, {
      builds: [{ number, properties: { branch: ['main', 'x'], subject: ['a <b>', 'x'] } }],
    })
    host.api.set(`builders/rebuild/builds/${number}/steps`, {
      steps: [step('checkout', 0), step('build-www', 2), step('deploy-www', 3), step('publish', null)],
    })
    expect(await host.ask('publish', 'rebuild', String(number), commit)).toEqual({
      code: 0,
      said: '1 tests passed, 1 failed, 0 were skipped',
    })
  }
  const list: unknown = JSON.parse(readFileSync(join(host.directory, 'store/pages/builds.json'), 'utf8'))
  const told = {
    ...{ job: 'rebuild', commit, branch: 'main', subject: 'a <b>', result: 'failure' },
    tests: { passed: 1, failed: 1, skipped: 0, names: [{ app: 'www', name: 'www', message: 'no' }] },
  }
  expect(list).toEqual([
    { ...told, number: 10 },
    { ...told, number: 9 },
  ])
  expect(await host.ask('publish', 'rebuild', '11', '-')).toMatchObject({ code: 1 })
})
