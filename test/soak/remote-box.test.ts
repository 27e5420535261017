/** A workstation without engine and without root brings up an environment on another box, as root there and as a user with sudo. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type BoxState, countsOf, differences, parseState, stateScript } from '../fixture/box-state.ts'
import { makeNestedBox, must } from '../fixture/nested-box.ts'
import type { PlainServer } from '../fixture/plain-server.ts'
import { type PlainServers, plainServers } from '../fixture/plain-servers.ts'
import { makeWorkstation, type Workstation } from '../fixture/workstation.ts'

let servers: PlainServers
let box: PlainServer
let station: Workstation
let untouchedBox: BoxState
let untouchedStation: BoxState

/** Of the checkout, of npm, and of copse; and the directories above its state, where the user had none. */
const ownOfCopse =
  /^\/home\/ana\/(copse\/(\.node|node_modules)|\.npm|\.local\/state\/copse)[/ ]|^\/home\/ana\/\.local(\/state)? d /

beforeAll(async () => {
  servers = await plainServers()
  box = await makeNestedBox(servers, 'far-box')
  // Another person may log in there, and may not become root.
  await must(box, 'useradd --create-home --shell /bin/sh kim')
  for (const user of ['ops', 'kim']) await must(box, letIn(user))
  station = await makeWorkstation(servers, 'station', [
    { alias: 'hpcube', server: box, user: 'root' },
    { alias: 'hpcube-ops', server: box, user: 'ops' },
    { alias: 'hpcube-kim', server: box, user: 'kim' },
    { alias: 'hpcube-new', server: box, user: 'root', isKnown: false },
    { alias: 'hpcube-off', server: { ...box, address: `${servers.net}.250` }, user: 'root' },
  ])
  await atBox('test/fixture/office-of-four/copse.config.ts', 'hpcube')
  await put('trial/copse.config.ts', trial)
  await station.copse('version')
  untouchedBox = await look('the box, untouched', box)
  untouchedStation = await look('the workstation, untouched', station.server)
}, 1_200_000)

afterAll(() => servers?.[Symbol.asyncDispose](), 120_000)

const office = (words: string) => station.copse(`-C test/fixture/office-of-four ${words}`)

test('nothing of a box is missing that the first up does not bring', async () => {
  const said = await office('doctor dev')
  expect(said).toContain('dev: box         the box hpcube lets copse in as root')
  expect(said).toContain('the first `up` installs Incus')
})

test('the whole environment comes up on the box', { timeout: 3_600_000 }, async () => {
  const said = await office('up dev')
  expect(said).toMatch(/verify ✓ (\d+) of \1 green/)
  expect(said).toMatch(/ssh -N -L 8080:10\.61\.0\.20:80 hpcube {3}and then http:\/\/localhost:8080/)
  expect(await office('up dev')).toContain('No changes. dev matches the definition.')
})

test('every command works as on a box of its own', { timeout: 900_000 }, async () => {
  expect(await office('status dev')).toMatch(/web2 .*running/)
  expect(await office('exec dev -l web1 -- hostname')).toContain('devweb1')
  expect(await office('ssh dev web2 -- hostname')).toContain('devweb2')
  expect(await office('dns dev')).toMatch(/(\d+) of \1 as wanted/)
  expect(await office('verify dev')).toMatch(/(\d+) of \1 green/)
  expect(await office('drift dev')).toContain('No changes. dev matches the definition.')
  expect(await office('images dev')).toMatch(/Debian 13/)
  expect(await office('doctor dev')).toContain('All is well.')
})

test("people's own ssh goes in by what ssh-config prints", async () => {
  const script = `./copse -C test/fixture/office-of-four ssh-config dev >/tmp/ana-config
ssh -F /tmp/ana-config devweb1 hostname
rm /tmp/ana-config`
  expect(await station.run(script)).toMatchObject({ code: 0, stdout: 'devweb1' })
})

test('the page is seen by the line that up prints', async () => {
  const script = `ssh -N -L 8080:10.61.0.20:80 hpcube & tunnel=$!
for try in 1 2 3 4 5 6 7 8 9 10; do
  sleep 1
  .node/node -e 'fetch("http://localhost:8080").then(async (page) => console.log(page.status))' 2>/dev/null && break
done
kill $tunnel`
  expect(await station.run(script)).toMatchObject({ stdout: '200' })
})

test('a host is rebuilt', { timeout: 900_000 }, async () => {
  const said = await office('rebuild dev web1 --yes')
  expect(said).toMatch(/verify ✓ (\d+) of \1 green/)
})

test('a user with sudo brings up and removes another environment', { timeout: 1_200_000 }, async () => {
  await atBox('trial/copse.config.ts', 'hpcube-ops')
  const said = await station.copse('-C trial up dev')
  expect(said).toMatch(/verify ✓ (\d+) of \1 green/)
  expect(await station.copse('-C trial exec dev -- hostname')).toContain('one')
  await station.copse('-C trial destroy dev --purge --yes')
  expect(await box.exec('ls /run/copse-*.sock 2>/dev/null')).toMatchObject({ stdout: '' })
})

test.each([
  ['hpcube-off', 1, /the box hpcube-off does not answer/, /ssh -v hpcube-off/],
  [
    'hpcube-new',
    1,
    /the host key of the box hpcube-new .*is not known: it shows SHA256:/,
    /log in there once/,
  ],
  ['hpcube-kim', 1, /may not run sudo without a password on the box hpcube-kim/, /sudoers\.d/],
])('%s is said to be of no use, and why', async (name, code, why, hint) => {
  await atBox('trial/copse.config.ts', name)
  const ended = await station.run('./copse -C trial status dev 2>&1')
  expect(ended.code, ended.stdout).toBe(code)
  expect(ended.stdout).toMatch(why)
  expect(ended.stdout).toMatch(hint)
  expect(ended.stdout.trim().split('\n').length, ended.stdout).toBeLessThan(4)
})

test('a purge leaves nothing on the box but packages', { timeout: 900_000 }, async () => {
  const said = await office('destroy dev --purge --yes')
  expect(said).toContain('still the packages that copse installed: ')
  const left = differences(untouchedBox, await look('the box, purged', box))
  expect(left.filter(({ kind }) => !['package', 'file', 'content'].includes(kind))).toEqual([])
})

test('with --packages these go too', { timeout: 600_000 }, async () => {
  await office('destroy dev --purge --packages --yes')
  const left = differences(untouchedBox, await look('the box, packages removed', box))
  expect(
    left.flatMap(({ came, went }) => [...came, ...went]).filter((one) => !debianKeeps.test(one)),
  ).toEqual([])
})

test('the workstation is as it was, but for what copse keeps in its own directories', async () => {
  const left = differences(untouchedStation, await look('the workstation, afterwards', station.server))
  const lines = left.flatMap(({ came, went }) => [...came, ...went]).filter((line) => !ownOfCopse.test(line))
  expect(lines).toEqual([])
})

/** What the scripts of Debian's packages leave when these are purged, accounts and three directories, and what a login does. */
const debianKeeps =
  /\/etc\/(passwd|group|shadow|gshadow)-?$|^(\/etc\/dnsmasq\.d|\/run\/runit(\/supervise)?) d |^\/run\/(motd\.dynamic|sudo\/ts(\/\d+)?) /

async function look(when: string, server: PlainServer): Promise<BoxState> {
  const state = parseState(await must(server, stateScript))
  console.info(`${when}: ${countsOf(state)}`)
  return state
}

/** Names the box in a config of the checkout. */
async function atBox(file: string, alias: string): Promise<void> {
  await mustRun(`sed -i "s/incus([^)]*)/incus({ box: { ssh: '${alias}' } })/" ${file}`)
}

async function put(file: string, text: string): Promise<void> {
  await mustRun(`mkdir -p "$(dirname ${file})"; cat >${file} <<'END'\n${text}END`)
}

async function mustRun(script: string): Promise<void> {
  const ended = await station.run(script)
  if (ended.code !== 0) throw new Error(`${script}\n${ended.stderr}`)
}

const letIn = (user: string) => `mkdir -p /home/${user}/.ssh
cp /root/.ssh/authorized_keys /home/${user}/.ssh/
chown -R ${user}:${user} /home/${user}/.ssh`

const trial = `import { defineEcosystem, incus } from 'copse'

export default defineEcosystem({
  name: 'trial',
  environments: {
    dev: { machines: incus({ box: 'local' }), subnet: '10.62.0.0/24', domain: 'trial.internal' },
  },
  hosts: { one: { at: 20, roles: [] } },
})
`
