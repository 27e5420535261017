/** The files, addresses and processes of a box that is reached by SSH, each asked for by one constant script. */
import { CopseError } from '../../lib/errors.ts'
import type { Box, BoxAddress } from './box.ts'
import type { Call } from './ssh-box-call.ts'

type Files = Pick<
  Box,
  | 'startDaemon'
  | 'powerFail'
  | 'missing'
  | 'read'
  | 'list'
  | 'exists'
  | 'write'
  | 'replace'
  | 'append'
  | 'makeDirectory'
  | 'makeTemporary'
  | 'remove'
  | 'removeEmpty'
  | 'room'
  | 'addresses'
  | 'lookUp'
>

const absent = 44

/** Texts are words, never standard input: a connection that breaks cannot cut a file short. */
export const boxScripts = {
  read: `[ -e "$1" ] || exit ${absent}; exec cat -- "$1"`,
  list: '[ -d "$1" ] || exit 0; exec ls -A -- "$1"',
  exists: `[ -e "$1" ] || exit ${absent}`,
  write: 'printf %s "$2" >"$1"',
  replace: 'printf %s "$2" >"$1.new" && exec mv -f -- "$1.new" "$1"',
  append: 'printf %s "$2" >>"$1"',
  makeDirectory: 'exec mkdir -p -m "$2" -- "$1"',
  makeTemporary: 'exec mktemp -d -- "$1XXXXXX"',
  // What was killed a moment ago may still write into it.
  remove: 'rm -rf -- "$1" 2>/dev/null || { sleep 1; exec rm -rf -- "$1"; }',
  removeEmpty: 'rmdir -- "$1" 2>/dev/null || :',
  room: 'exec stat -f -c "%t %a %S" -- "$1"',
  addresses: 'exec ip -o -4 address show',
  missing: `PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin
for name; do command -v "$name" >/dev/null || printf '%s\\n' "$name"; done`,
  powerFail: 'kill -PWR "$1"',
  startDaemon: `log=$1
shift
(umask 077 && : >>"$log") && cd / || exit 1
setsid env -i "$@" </dev/null >>"$log" 2>&1 &
echo $!`,
  lookUp: `name=$1
shift
command -v dig >/dev/null || exec getent ahosts "$name"
for server; do
  for type in A AAAA; do dig +short +time=2 +tries=2 "@$server" "$name" "$type" | grep -qv '^;' && exit 0; done
done
exit 1`,
} as const

/** The magic number of btrfs, as stat(1) prints it. */
const btrfs = '9123683e'

/** `name` is the box's, for messages. */
export function boxFiles(call: Call, name: string): Files {
  const ask = async (what: keyof typeof boxScripts, words: readonly string[] = []) => {
    const { code, stdout, stderr } = await call(boxScripts[what], words)
    if (code === 0) return stdout
    if (code === absent) return undefined
    throw new CopseError('failed', `${what} ${words[0] ?? ''} on ${name}: ${stderr.trim() || `exit ${code}`}`)
  }
  const answer = async (what: keyof typeof boxScripts, words: readonly string[] = []) =>
    (await ask(what, words)) ?? ''
  const change = (what: keyof typeof boxScripts) => async (path: string, text?: string | number) => {
    await ask(what, [path, ...(text === undefined ? [] : [String(text)])])
  }
  return {
    startDaemon: async ({ file, args, env, log }) => {
      const variables = Object.entries(env).map(([key, value]) => `${key}=${value}`)
      return Number(await answer('startDaemon', [log, ...variables, file, ...args]))
    },
    powerFail: (pid) => change('powerFail')(String(pid)),
    missing: async (programs) => linesOf(await answer('missing', programs)),
    read: (path) => ask('read', [path]),
    list: async (path) => linesOf(await answer('list', [path])),
    exists: async (path) => (await ask('exists', [path])) !== undefined,
    write: change('write'),
    replace: change('replace'),
    append: change('append'),
    makeDirectory: (path, mode) => change('makeDirectory')(path, mode.toString(8)),
    makeTemporary: async (prefix) => (await answer('makeTemporary', [prefix])).trim(),
    remove: change('remove'),
    removeEmpty: change('removeEmpty'),
    async room(path) {
      const [type, blocks, size] = (await answer('room', [path])).trim().split(' ')
      return { freeBytes: Number(blocks) * Number(size), isBtrfs: type === btrfs }
    },
    addresses: async () => parseAddresses(await answer('addresses')),
    lookUp: async (host, servers) => void (await answer('lookUp', [host, ...servers])),
  }
}

/** Reads what `ip -o -4 address` prints. Pure. */
export function parseAddresses(text: string): readonly BoxAddress[] {
  return [...text.matchAll(/^\d+: +([^\s@]+)\S* +inet (\S+)/gm)].map(([, device = '', cidr = '']) => ({
    device,
    cidr,
  }))
}

function linesOf(text: string): readonly string[] {
  return text.split('\n').filter((line) => line !== '')
}
