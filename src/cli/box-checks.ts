/** What copse needs of the machine that it runs on, whatever the environment. */
import { constants } from 'node:fs'
import { access, statfs } from 'node:fs/promises'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import type { Finding } from '../machines/provider.ts'

/** Programs that copse starts, the Debian package that brings each, and what for. */
const programs = [
  { name: 'ssh', source: 'openssh-client', use: 'the way to every host' },
  { name: 'flock', source: 'util-linux', use: 'locks' },
  { name: 'setpriv', source: 'util-linux', use: 'connections that end with copse' },
] as const

/** What probes ask by: where they ask from. */
const probing = [
  { name: 'curl', source: 'curl', use: 'probes' },
  { name: 'dig', source: 'bind9-dnsutils', use: 'probes' },
] as const

const leastFreeMiB = 512

/** Programs, Node and room for copse's own files. `asks`: probes are asked from here, not from another box. */
export async function checkBox(asks: boolean, path = process.env.PATH ?? ''): Promise<readonly Finding[]> {
  const needed = [...programs, ...(asks ? probing : [])]
  const found = await Promise.all(needed.map((program) => checkProgram(program, path)))
  return [checkNode(process.versions.node), ...found, await checkRoom(homedir())]
}

function checkNode(version: string): Finding {
  const ok = Number.parseInt(version, 10) >= 24
  return {
    check: 'node',
    ok,
    detail: version,
    ...(ok ? {} : { fix: 'start copse with ./copse: it brings its own Node' }),
  }
}

async function checkProgram(
  { name, source, use }: (typeof programs | typeof probing)[number],
  path: string,
): Promise<Finding> {
  const tries = path
    .split(delimiter)
    .map((directory) => access(join(directory, name), constants.X_OK).then(() => join(directory, name)))
  const file = await Promise.any(tries).catch(() => undefined)
  if (file !== undefined) return { check: name, ok: true, detail: file }
  return { check: name, ok: false, detail: `not found; it is for ${use}`, fix: `apt-get install ${source}` }
}

async function checkRoom(directory: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(directory)
  const free = Math.floor((bavail * bsize) / 2 ** 20)
  const ok = free >= leastFreeMiB
  const fix = ok ? {} : { fix: `free at least ${leastFreeMiB} MiB on the file system of ${directory}` }
  return { check: 'room', ok, detail: `${free} MiB free in ${directory}`, ...fix }
}
