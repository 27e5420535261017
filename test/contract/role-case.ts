/** The contract that every role keeps on a real server: made, proven, left alone, mended, and gone when taken out. */
import assert from 'node:assert/strict'
import type { PlainServer } from '../fixture/plain-server.ts'
import type { World } from '../system/office/world.ts'

/** A server that copse did not make, and a definition of one host whose list of roles is `[]`. */
export interface RoleHost {
  readonly world: World
  readonly server: Pick<PlainServer, 'exec'>
}

/** `role` is how the config writes it, `redis()`; `unit` and `port` are what it must have brought. */
export interface RoleCase {
  readonly role: string
  readonly unit: string
  readonly port: number
}

/** Every case leaves the server as it found it, but for settings and data that Debian's packages leave too. */
export async function proveRole({ world, server }: RoleHost, { role, unit, port }: RoleCase): Promise<void> {
  const run = async (wanted: number, ...words: string[]) => {
    const { code, stdout, stderr } = await world.copse(...words)
    assert.equal(code, wanted, `copse ${words.join(' ')} ended with ${code}\n${stdout}\n${stderr}`)
    return stdout + stderr
  }
  const ask = async (command: string) => (await server.exec(command)).stdout
  const isDone = () => run(0, 'plan', 'dev', '--detailed-exitcode')

  await isDone()
  const before = await ask(traces)
  await world.edit('roles: []', `roles: [${role}]`)
  const plan = await run(0, 'plan', 'dev')
  assert.doesNotMatch(plan, /^ {4}- /m, 'a role that is added destroys nothing')
  assert.equal(await ask(traces), before, 'planning changed the server')

  await run(0, 'up', 'dev')
  assert.match(await ask(`systemctl is-active ${unit}; ss -Hlntu "sport = ${port}"`), /^active\n.*:/)
  assert.match(await run(0, 'verify', 'dev'), /(\d+) of \1 green/)
  await isDone()

  const start = await ask(`systemctl show -P InvocationID ${unit}`)
  assert.match(await run(0, 'up', 'dev'), /No changes/)
  assert.equal(await ask(`systemctl show -P InvocationID ${unit}`), start, 'a second run restarted it')

  await server.exec(`systemctl stop ${unit}`)
  await run(1, 'verify', 'dev')
  assert.match(await run(2, 'drift', 'dev'), new RegExp(`unit ${unit}`))
  await run(0, 'up', 'dev')
  await isDone()

  await world.edit(`roles: [${role}]`, 'roles: []')
  assert.match(await run(0, 'plan', 'dev'), new RegExp(`- unit ${unit}`))
  await run(0, 'up', 'dev')
  await isDone()
  assert.equal(await ask(traces), before, 'the role left something behind')
}

/** POSIX sh: packages, enabled units, running services, open ports, what copse owns, and files that it made. */
const traces = `dpkg-query -W -f '\${db:Status-Abbrev} \${Package}\\n' | grep ^ii
systemctl list-unit-files --state=enabled --plain --no-legend | awk '{ print "enabled", $1 }'
systemctl list-units --type=service --state=running --plain --no-legend | awk '{ print "running", $1 }' | grep -v copse-
ss -Hlntu | awk '{ print $1, $5 }' | sort
cut -f 1,2 /var/lib/copse/owned | sort
find /etc /usr/local /srv /var/www -name '*copse*' 2>/dev/null | sort`
