/** The engines' sockets of a box that is reached by SSH: forwarded by OpenSSH, through a relay where the login is not root's. */
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CopseError } from '../../lib/errors.ts'
import { forwardSocket } from '../../transports/ssh/over.ts'
import type { Connection } from '../../transports/ssh/run-script.ts'
import type { Attached, Box } from './box.ts'
import { attach, type Call } from './ssh-box-call.ts'

const relay = readFileSync(new URL('remote/relay.pl', import.meta.url), 'utf8')

/** Who logged in, and whether somebody listens: asked of the kernel, because a forwarded socket always takes a connection. */
export const socketScript = `echo "\${SUDO_UID:-0}"
[ -S "$1" ] || { echo ENOENT; exit; }
awk -v path="$1" '$4 == "00010000" && $NF == path { found = 1 } END { print found ? "listens" : "ECONNREFUSED" }' /proc/net/unix`

/** As connect(2) would have said it here. */
class NobodyListens extends Error {
  readonly code: string

  constructor(path: string, code: string) {
    super(`${path}: ${code}`)
    this.code = code
  }
}

export function boxSockets(
  connection: Connection,
  call: Call,
): Pick<Box, 'socket' | 'connectCode'> & AsyncDisposable {
  const relays: Attached[] = []
  const open = new Map<string, Promise<string>>()
  let count = 0
  const forward = async (path: string) => {
    const [uid = '', state = ''] = (await call(socketScript, [path])).stdout.split('\n')
    if (state !== 'listens') throw new NobodyListens(path, state)
    const local = join(connection.directory, `e${count++}`)
    await forwardSocket(connection, local, uid === '0' ? path : await relayed(path, uid))
    return local
  }
  const relayed = async (path: string, uid: string) => {
    const own = `/run/copse-${randomUUID()}.sock`
    const words = ['perl', '-e', relay, path, own, uid]
    const started = await attach(connection, words, new AbortController().signal)
    relays.push(started)
    if (started.said?.startsWith('ready')) return own
    throw new CopseError('failed', `${path} of ${connection.dial.alias} cannot be handed to its user there`)
  }
  return {
    socket(path) {
      const known = open.get(path) ?? forward(path)
      open.set(path, known)
      known.catch(() => open.delete(path))
      return known
    },
    async connectCode(path, error) {
      if (error instanceof NobodyListens) return error.code
      const state = (await call(socketScript, [path])).stdout.split('\n')[1]
      return state === 'listens' ? undefined : state
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(relays.map((one) => one[Symbol.asyncDispose]()))
    },
  }
}
