/** A green build goes from one CI host to another, which takes in what is what it says, of its own apps, and nothing else. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type CiHost, makeCiHost } from '../../../test/fixture/ci-host.ts'

const sha256 = (text: string | Uint8Array) => createHash('sha256').update(text).digest('hex')
const commit = 'c'.repeat(40)
const green = '{"number": 7, "result": "success", "seconds": 3}'
let sender: CiHost
let receiver: CiHost

beforeEach(async () => {
  sender = await makeCiHost()
  receiver = await makeCiHost()
  receiver.fake('bin/logger', `shift 5; echo "$*" >>${receiver.directory}/journal`)
  receiver.fake('bin/ci-run', `echo "$*" >>${receiver.directory}/runs; echo '${green}'`)
  // The last word is what is asked for, as sshd passes it on.
  const way = `for word; do :; done; echo "$word" >>${sender.directory}/asked
SSH_ORIGINAL_COMMAND=$word PATH=${receiver.directory}/bin:$PATH exec perl ${receiver.directory}/programs/accept`
  sender.fake('bin/ssh', way)
})

afterEach(async () => {
  await sender[Symbol.asyncDispose]()
  await receiver[Symbol.asyncDispose]()
})

const inStore = (host: CiHost, path: string) => join(host.directory, 'store', path)
const read = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8') : '')
const journal = () => read(join(receiver.directory, 'journal'))

async function packed(text: string): Promise<Uint8Array> {
  const { stdout } = await execa('zstd', ['-q', '-c'], { input: text, encoding: 'buffer' })
  return stdout
}

/** Puts an artifact of such layers into the sender's store, as built of the commit. */
async function built(app: string, ...layers: readonly string[]): Promise<string> {
  for (const text of layers)
    writeFileSync(inStore(sender, `files/${sha256(text)}.tar.zst`), await packed(text))
  const list = layers.map((text, index) => `${sha256(text)} ${index === 0 ? '.' : `node_modules/${index}`}\n`)
  const artifact = sha256(list.join(''))
  writeFileSync(inStore(sender, `files/${artifact}.layers`), list.join(''))
  mkdirSync(inStore(sender, `commits/${app}`), { recursive: true })
  writeFileSync(inStore(sender, `commits/${app}/${commit}.xml`), `<testcase name="${app}"/>`)
  return artifact
}

/** Asks the receiver as whoever holds the key would. */
async function ask(said: string | undefined, input: string | Uint8Array = '') {
  const { exitCode, stdout, stderr } = await execa('perl', [join(receiver.directory, 'programs/accept')], {
    ...{ input, reject: false },
    env: {
      PATH: `${receiver.directory}/bin:${process.env.PATH}`,
      ...(said !== undefined && { SSH_ORIGINAL_COMMAND: said }),
    },
  })
  return { code: exitCode, stdout, stderr }
}

const promote = (...pairs: readonly string[]) =>
  sender.run('perl', join(sender.directory, 'programs/promote'), 'open', commit, ...pairs)

test('what was built is the same there, with its tests, and is deployed in one build', async () => {
  const [www, repo] = [await built('www', 'a', 'common'), await built('repo', 'b', 'common')]
  const { code, said } = await promote(`www=${www}`, `repo=${repo}`)
  expect({ code, said }).toEqual({
    code: 0,
    said: '3 of 3 layers were sent\nbuild 7 of the job promotion is green',
  })
  for (const name of [`${www}.layers`, `${repo}.layers`, `${sha256('a')}.tar.zst`])
    expect(readFileSync(inStore(receiver, `files/${name}`))).toEqual(
      readFileSync(inStore(sender, `files/${name}`)),
    )
  expect(read(inStore(receiver, `promotions/${commit}/www.xml`))).toContain('name="www"')
  expect(JSON.parse(read(inStore(receiver, `promotions/${commit}/promotion.json`)))).toEqual({
    branch: 'open',
    artifacts: { www, repo },
  })
  expect(read(join(receiver.directory, 'runs'))).toBe(`promotion 2100 open ${commit}\n`)
})

test('what is there is not sent again', async () => {
  await promote(`www=${await built('www', 'a', 'common')}`)
  const { said } = await promote(`www=${await built('www', 'a2', 'common')}`)
  expect(said).toContain('1 of 2 layers were sent')
  const asked = read(join(sender.directory, 'asked'))
  expect(asked.match(new RegExp(`^layer ${sha256('common')} `, 'gm'))).toHaveLength(1)
})

test.each([
  [
    'a red build',
    `{"number":7,"result":"failure","seconds":1,"step":"deploy-www","line":"no \\u001b[1m"}`,
    1,
  ],
  ['no build', '', 2],
])('%s there is red here, with the reason', async (_what, told, code) => {
  receiver.fake('bin/ci-run', `echo '${told}'; exit ${code}`)
  const ended = await promote(`www=${await built('www', 'a')}`)
  expect(ended.code).not.toBe(0)
  expect(ended.said).toContain(
    told === ''
      ? 'the build that deploys it did not end'
      : 'build 7 of the job promotion is red: deploy-www: no ?[1m',
  )
  expect(ended.said).toContain('198.51.100.7:8422 did not take in the build of open')
})

test('an app that does not run there is refused, and nothing is deployed', async () => {
  const table = join(receiver.directory, 'settings/apps.json')
  writeFileSync(table, read(table).replace('"running":["www","repo"]', '"running":["repo"]'))
  const { code, said } = await promote(`www=${await built('www', 'a')}`)
  expect(code).not.toBe(0)
  expect(said).toContain('refused: no app www runs here')
  expect(read(join(receiver.directory, 'runs'))).toBe('')
})

test('without the grant nothing is taken in', async () => {
  const table = join(receiver.directory, 'settings/apps.json')
  writeFileSync(table, read(table).replace('"accepts":true', '"accepts":false'))
  const { said } = await promote(`www=${await built('www', 'a')}`)
  expect(said).toContain('refused: builds of other environments are not taken in here')
})

test('who does not answer, or shows another host key, is told of', async () => {
  sender.fake('bin/ssh', 'echo "Host key verification failed." >&2; exit 255')
  const { code, said } = await promote(`www=${await built('www', 'a')}`)
  expect(code).not.toBe(0)
  expect(said).toContain('Host key verification failed.\n198.51.100.7:8422 does not let the key')
})

const digest = sha256('a')
const list = `${digest} .\n`

test.each([
  undefined,
  '',
  'missing x',
  'missing\n',
  ' missing',
  'sh',
  '/bin/sh -c id',
  'scp -f /etc/shadow',
  'internal-sftp',
  `layer ${digest}`,
  `layer ${digest} 0`,
  `layer ${digest} -1`,
  `layer ${digest.toUpperCase()} 9`,
  `layer ../${digest} 9`,
  `layer ${digest} 9 9`,
  `list www ${digest} x`,
  `list ../www ${digest}`,
  `list WWW ${digest}`,
  `list shop ${digest}`,
  `report shop ${commit}`,
  `report www ${commit.slice(1)}`,
  `report www ../${commit}`,
  'report www main',
  `start open ${commit}`,
  `start open ${commit} www`,
  `start open ${commit} www=abc`,
  `start open ${commit} shop=${digest}`,
  `start open ${commit} www=${digest} shop=${digest}`,
  `start -x ${commit} www=${digest}`,
  `start open ${commit} www=${digest};id`,
  `start open ${commit} www=${digest}\nid`,
  `start open ${commit}${` www=${digest}`.repeat(101)}`,
  `START open ${commit} www=${digest}`,
  `missing ${'w'.repeat(100_000)}`,
])('%j is refused, and the journal says so', async (said) => {
  const { code, stdout, stderr } = await ask(said)
  expect({ code, stdout }).toEqual({ code: 64, stdout: '' })
  expect(stderr).toMatch(/^refused: (this key may not have that done here|no app shop runs here)$/)
  expect(journal()).toMatch(/(^|\n)refused:[ -~]{0,292}\n$/)
  expect(read(join(receiver.directory, 'runs'))).toBe('')
})

test('a layer is what its digest says, as large as it was said to be, or it is not there', async () => {
  const whole = await packed('a')
  const file = inStore(receiver, `files/${digest}.tar.zst`)
  const wrong = 'came as another'
  for (const [said, input, trouble] of [
    [`layer ${sha256('b')} ${whole.length}`, whole, wrong],
    [`layer ${digest} ${whole.length + 1}`, whole, wrong],
    [`layer ${digest} ${whole.length - 1}`, whole, 'more came than'],
    [`layer ${digest} 3`, 'abc', wrong],
    [`layer ${digest} 9999999999`, whole, 'too large'],
  ] as const) {
    const { code, stderr } = await ask(said, input)
    expect([code, stderr]).toEqual([1, expect.stringContaining(trouble)])
    expect(existsSync(file)).toBe(false)
  }
  expect((await ask('missing', list.slice(0, 64))).stdout).toBe(digest)
  expect((await ask(`layer ${digest} ${whole.length}`, whole)).code).toBe(0)
  expect((await ask('missing', `${digest}\n../../etc\n${sha256('b')}\n`)).stdout).toBe(sha256('b'))
  const left = await execa('ls', ['-A', inStore(receiver, 'files')])
  expect(left.stdout).toBe(`${digest}.tar.zst`)
})

test('what an artifact is made of is what its digest says, and stays within it', async () => {
  const whole = await packed('a')
  const missing = await ask(`list www ${sha256(list)}`, list)
  expect(missing.stderr).toContain('is not here')
  await ask(`layer ${digest} ${whole.length}`, whole)
  for (const text of [
    ...[
      '',
      `${digest} ..\n`,
      `${digest} a\n`,
      `${digest} .\n${digest} ../x\n`,
      `${digest} .\n${digest} a/../b\n`,
    ],
    ...[`${digest} .\n${digest} /etc\n`, `${digest} .\n${digest} a b\n`, `${digest} .\nx .\n`],
  ]) {
    const { code } = await ask(`list www ${sha256(text)}`, text)
    expect([code, text]).toEqual([1, text])
    expect(existsSync(inStore(receiver, `files/${sha256(text)}.layers`))).toBe(false)
  }
  expect((await ask(`list www ${sha256('b')}`, list)).stderr).toContain('came as another')
  expect((await ask(`start open ${commit} www=${sha256(list)}`)).stderr).toContain('is not here')
  expect((await ask(`list www ${sha256(list)}`, list)).code).toBe(0)
  expect((await ask(`start open ${commit} www=${sha256(list)}`)).code).toBe(0)
})

test('a report that is too large is not taken in', async () => {
  const { code, stderr } = await ask(`report www ${commit}`, 'x'.repeat(10_000_001))
  expect([code, stderr]).toEqual([1, expect.stringContaining('more came than 10000000 bytes')])
  expect(existsSync(inStore(receiver, `promotions/${commit}/www.xml`))).toBe(false)
})

test('the job there deploys what was handed in, and its page tells of it with the tests that came along', async () => {
  const www = await built('www', 'a')
  await promote(`www=${www}`)
  expect(await receiver.ask('accepted', commit)).toEqual({ code: 0, said: `commit ${commit}\nbranch open` })
  receiver.fake('programs/rollout', 'echo "rolls out $*"')
  expect(await receiver.ask('install', 'www', commit)).toEqual({
    code: 0,
    said: `rolls out www ${www} ${commit.slice(0, 12)}`,
  })
  expect((await receiver.ask('install', 'repo', commit)).said).toBe('nothing of repo was handed in')
  receiver.api.set('builders/promotion/builds/1', {
    builds: [{ number: 1, properties: { branch: ['open', 'x'] } }],
  })
  receiver.api.set('builders/promotion/builds/1/steps', {
    steps: [
      { name: 'checkout', results: 0 },
      { name: 'deploy-www', results: 0 },
    ],
  })
  expect((await receiver.ask('publish', 'promotion', '1', commit)).code).toBe(0)
  expect(JSON.parse(read(inStore(receiver, 'pages/builds.json')))).toMatchObject([
    { job: 'promotion', number: 1, branch: 'open', commit, result: 'success', tests: { passed: 1 } },
  ])
})

test('a branch that goes elsewhere is handed over once its tests are green, all apps of it', async () => {
  sender.fake('programs/promote', 'echo "promotes $*"')
  const at = await sender.push('open', { 'servers/www/a': '1', 'servers/repo/a': '1' })
  expect((await sender.ask('checkout', 'open', at)).said).toContain('\npromotes yes\n')
  expect((await sender.ask('promote', 'open', at)).said).toContain(
    'was not built, or its tests were not green',
  )
  sender.fake('programs/build', `echo "copse-artifact ${digest} 1 built"`)
  for (const app of ['www', 'repo']) await sender.ask('build', app, at)
  expect(await sender.ask('promote', 'open', at)).toEqual({
    code: 0,
    said: `promotes open ${at} www=${digest} repo=${digest}`,
  })
  const other = await sender.push('main', { 'servers/www/a': '2' })
  expect((await sender.ask('promote', 'open', other)).said).toContain('open has no commit')
})
