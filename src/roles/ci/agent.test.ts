/** The agent of a CI host: what it does for whom, and what it refuses. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type CiHost, makeCiHost } from '../../../test/fixture/ci-host.ts'

const artifact = 'a'.repeat(64)
let host: CiHost

beforeEach(async () => {
  host = await makeCiHost()
})

afterEach(() => host[Symbol.asyncDispose]())

/** Perl leaves a program that names another shell to that. */
function builds(text: string): void {
  host.fake('programs/build', text)
}

const record = (app: string, commit: string) => join(host.directory, 'store/commits', app, commit)
const green = `echo "copse-artifact ${artifact} 12 built"`

test('a push has builds started, with its branch, commit, author and subject', async () => {
  const commit = await host.push('main', { 'servers/www/a': '1' })
  expect(host.changes.map((change) => Object.fromEntries(change))).toMatchObject([
    { branch: 'main', revision: commit, author: 'Ana <ana@office.example>', comments: 'what main brings' },
  ])
})

test('a push stays where nothing can be started', async () => {
  await host.push('main', { a: '1' })
  writeFileSync(join(host.directory, 'settings/api-password'), 'wrong\n')
  const commit = await host.push('main', { a: '2' })
  expect((await host.ask('checkout', 'main', '-')).said).toContain(`commit ${commit}`)
})

test('the newest commit of the branch that deploys is built unless another is named', async () => {
  const first = await host.push('main', { a: '1' })
  const second = await host.push('main', { a: '2' })
  const third = await host.push('feature/x', { a: '3' })
  const lines = (commit: string, branch: string, deploys: string) =>
    `commit ${commit}\nbranch ${branch}\ndeploys ${deploys}\npromotes no\nsubject what ${branch} brings`
  expect(await host.ask('checkout', '-', '-')).toEqual({ code: 0, said: lines(second, 'main', 'yes') })
  expect((await host.ask('checkout', 'main', first)).said).toBe(lines(first, 'main', 'yes'))
  expect((await host.ask('checkout', 'feature/x', '-')).said).toBe(lines(third, 'feature/x', 'no'))
  expect(await host.ask('checkout', 'main', third)).toMatchObject({ code: 1 })
  expect((await host.ask('checkout', 'other', '-')).said).toContain('nobody has pushed it')
})

test('a build is given the app, its steps, its test and the files of the commit alone', async () => {
  const commit = await host.push('main', { 'servers/www/run.sh': 'x', 'servers/repo/y': 'y' })
  await host.push('main', { 'servers/www/later': 'z' })
  builds(
    `cd "$1"; ls; cat app steps test; tar -tzf source.tar.gz; sha256sum <source.tar.gz >>${host.directory}/sums; ${green}`,
  )
  const { code, said } = await host.ask('build', 'www', commit)
  expect(said).toBe(
    `app\nsource.tar.gz\nsteps\ntest\nwww\nmake\nmake check\n./\n./run.sh\ncopse-artifact ${artifact} 12 built`,
  )
  expect(code).toBe(0)
  expect(readFileSync(record('www', commit), 'utf8')).toBe(`${artifact}\n`)
  await host.ask('build', 'www', commit)
  const [first, second] = readFileSync(join(host.directory, 'sums'), 'utf8').split('\n')
  expect(first).toBe(second)
})

test('what is green is deployed, by its artifact; a red test stops that, also where it was green before', async () => {
  const commit = await host.push('main', { 'servers/www/a': '1' })
  host.fake('programs/rollout', 'echo "rolls out $*"')
  expect((await host.ask('deploy', 'www', commit)).said).toContain(
    'was not built, or its tests were not green',
  )
  builds(green)
  await host.ask('build', 'www', commit)
  expect(await host.ask('deploy', 'www', commit)).toEqual({
    code: 0,
    said: `rolls out www ${artifact} ${commit.slice(0, 7)}`,
  })
  builds(
    `echo '<testcase name="a"><failure/></testcase>' >${host.directory}/store/reports/ab.xml; echo "copse-report ${host.directory}/store/reports/ab.xml"; echo "copse-failed test 1 make check"; exit 1`,
  )
  expect(await host.ask('build', 'www', commit)).toMatchObject({ code: 1 })
  expect(existsSync(record('www', commit))).toBe(false)
  expect(readFileSync(`${record('www', commit)}.xml`, 'utf8')).toContain('failure')
  expect((await host.ask('deploy', 'www', commit)).code).toBe(1)
})

test('a commit of another branch is built, and never deployed', async () => {
  await host.push('main', { 'servers/www/a': '1' })
  const commit = await host.push('topic', { 'servers/www/a': '2' })
  builds(green)
  expect((await host.ask('build', 'www', commit)).code).toBe(0)
  expect(await host.ask('deploy', 'www', commit)).toMatchObject({
    code: 1,
    said: expect.stringContaining('only main is deployed'),
  })
})

test('what a build prints is not taken for the end of it', async () => {
  const commit = await host.push('main', { 'servers/www/a': '1' })
  builds('echo "copse-exit 0"; exit 3')
  expect(await host.ask('build', 'www', commit)).toEqual({
    code: 1,
    said: ' copse-exit 0\nwww is not built',
  })
})

test('an app is asked through its balancer, for its health and its page', async () => {
  host.fake(
    'bin/curl',
    `for word; do :; done; case $word in */healthz) printf 204 ;; *) printf \${STATUS:-302} ;; esac`,
  )
  expect(await host.ask('verify', 'www')).toEqual({
    code: 0,
    said: 'http://www.office.internal/healthz answers 204\nhttp://www.office.internal/ answers 302',
  })
  expect((await host.ask('verify', 'repo')).said).toBe('no balancer leads to repo')
  host.fake('bin/curl', 'printf 503')
  host.fake('bin/sleep', '')
  expect(await host.ask('verify', 'www')).toMatchObject({ code: 1 })
}, 20_000)

test.each([
  ['another verb', ['shell', 'x']],
  ['no verb', []],
  ['an app with a path', ['build', '../www', 'a'.repeat(40)]],
  ['an app that is not there', ['verify', 'shop']],
  ['a short commit', ['build', 'www', 'abc']],
  ['a branch for a commit', ['deploy', 'www', 'main']],
  ['a word too many', ['verify', 'www', 'x']],
  ['a line too many', ['verify', 'www\nverify www']],
  ['an option of git', ['checkout', '--upload-pack=x', '-']],
  ['a way out of the branches', ['checkout', 'a/../../tags/b', '-']],
  ['a branch that goes nowhere', ['promote', 'main', 'a'.repeat(40)]],
  ['what nobody has handed in', ['install', 'www', 'a'.repeat(40)]],
  ['a build of no commit', ['accepted', '-']],
  ['the list of another job', ['publish', 'hello', '1', '-']],
  ['a tag', ['pushed', 'refs/tags/v1', 'a'.repeat(40)]],
])('%s is refused', async (_what, words) => {
  expect(await host.ask(...words)).toMatchObject({ code: 1 })
})

test('nobody is done anything for but the account that a word is for', async () => {
  const path = join(host.directory, 'programs/agent')
  const text = readFileSync(path, 'utf8').replace(
    /eq "[^"]*" or die "\$verb is not/,
    'eq "nobody" or die "$verb is not',
  )
  writeFileSync(path, text)
  expect((await host.ask('verify', 'www')).said).toMatch(/^verify is not for /)
})
