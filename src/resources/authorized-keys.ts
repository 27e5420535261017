/** The public keys that open an account. */
import { z } from 'zod'
import { sh } from '../lib/shell.ts'
import type { Resource } from '../model/resource.ts'
import { defineKind, type KindDefinition, makeResource } from './kind.ts'
import { accountName, oneLine } from './words.ts'

const spec = z.strictObject({ user: accountName, keys: z.array(oneLine.min(1)) })

/** Two spellings of one set of keys are the same. */
function textOf(keys: readonly string[]): string {
  return [...new Set(keys.map((key) => key.trim()))].sort().join('\n')
}

const definition: KindDefinition<z.output<typeof spec>> = {
  name: 'authorized-keys',
  spec,
  key: ({ user }) => user,
  observe: `see() {
  home=$(getent passwd -- "$1" | cut -d : -f 6)
  keys=$home/.ssh/authorized_keys
  if [ -z "$home" ] || [ ! -f "$keys" ] || [ -L "$keys" ]; then return 0; fi
  printf '%s\\tmode=%s\\towner=%s\\tkeys=%s\\n' "$1" "$(stat -c %a "$keys")" "$(stat -c %U "$keys")" \\
    "$(sed -e 's/[[:space:]]*$//' -e '/^#/d' -e '/^$/d' "$keys" | LC_ALL=C sort -u | enc)"
}
each see`,
  diff({ user, keys }, found) {
    const wanted = textOf(keys)
    if (!found) return { action: 'create', why: [`${keys.length} keys`] }
    const has = new Set((found.keys ?? '').split('\n'))
    const wants = new Set(wanted.split('\n'))
    const name = (key: string) => key.split(' ').slice(2).join(' ') || key.slice(0, 40)
    const why = [
      ...[...has].filter((key) => key !== '' && !wants.has(key)).map((key) => `a key that nobody asked for: ${name(key)}`),
      ...[...wants].filter((key) => key !== '' && !has.has(key)).map((key) => `without the key of ${name(key)}`),
      ...(found.mode === '600' ? [] : [`mode ${found.mode}, wanted 600`]),
      ...(found.owner === user ? [] : [`owner ${found.owner}, wanted ${user}`]),
    ]
    return why.length > 0 ? { action: 'update', why } : undefined
  },
  apply: ({ user, keys }) => ({
    payloads: { keys: { text: `${textOf(keys)}\n` } },
    script: sh`home=$(getent passwd -- ${user} | cut -d : -f 6)
group=$(id -gn -- ${user})
if [ -L "$home/.ssh" ]; then rm -f "$home/.ssh"; fi
install -d -m 700 -o ${user} -g "$group" "$home/.ssh"
install -m 600 -o ${user} -g "$group" ./keys "$home/.ssh/.authorized_keys.copse"
mv -fT "$home/.ssh/.authorized_keys.copse" "$home/.ssh/authorized_keys"`,
  }),
  remove: (user) => ({ script: sh`rm -f "$(getent passwd -- ${user} | cut -d : -f 6)/.ssh/authorized_keys"` }),
}

export const authorizedKeysKind = defineKind(definition)

/** Exactly these keys open the account: any other key in its authorized_keys is removed. */
export function authorizedKeys(user: string, keys: readonly string[]): Resource {
  return makeResource(definition, { user, keys })
}
