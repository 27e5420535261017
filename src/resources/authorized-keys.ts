/** The public keys that open an account. */
import { z } from 'zod'
import type { Resource } from '../model/resource.ts'
import { letGo, observeKeys, settle } from './authorized-keys-step.ts'
import { type Change, defineKind, type Found, type KindDefinition, makeResource } from './kind.ts'
import { accountName, oneLine } from './words.ts'

const publicKey = oneLine
  .trim()
  .regex(
    /^([^#].*)?\b(ssh|ecdsa|sk-ssh|sk-ecdsa)-[\w@.-]+ AAAA[\w+/]+=*( .*)?$/,
    'must be a public key, as in id_ed25519.pub',
  )

const spec = z.strictObject({
  user: accountName,
  keys: z.array(publicKey).transform((keys) => [...new Set(keys)].sort()),
  exclusive: z.boolean().default(true),
})

/** What is wanted of one account. */
export type KeysSpec = z.output<typeof spec>

const definition: KindDefinition<KeysSpec> = {
  name: 'authorized-keys',
  spec,
  key: ({ user }) => user,
  hint: () => 'wanted',
  observe: { sh: observeKeys },
  diff,
  apply: settle,
  remove: letGo,
}

function diff(wanted: KeysSpec, found: Found | undefined): Change | undefined {
  if (!found) return { action: 'create', why: [] }
  if (found.other) return { action: 'replace', why: [`its file or directory is a ${found.other}`] }
  const has = linesOf(found.keys)
  const former = linesOf(found.ours)
  const isStranger = (key: string) => !wanted.keys.includes(key) && (wanted.exclusive || former.includes(key))
  const facts = { mode: '600', owner: wanted.user, dirmode: '700', dirowner: wanted.user }
  const why = [
    ...has.filter(isStranger).map((key) => `a key that nobody asked for: ${nameOf(key)}`),
    ...wanted.keys.filter((key) => !has.includes(key)).map((key) => `without the key ${nameOf(key)}`),
    ...Object.entries(facts).flatMap(([name, value]) =>
      found[name] === value ? [] : [`${name} ${found[name]}, wanted ${value}`],
    ),
  ]
  return why.length > 0 ? { action: 'update', why } : undefined
}

function linesOf(text: string | undefined): readonly string[] {
  return (text ?? '').split('\n').filter((line) => line !== '')
}

/** Its comment, else the end of the key itself. */
function nameOf(key: string): string {
  const [, blob = key, comment = ''] = /(AAAA[\w+/=]+) *(.*)$/.exec(key) ?? []
  return comment.trim() === '' ? `...${blob.slice(-12)}` : comment.trim()
}

export const authorizedKeysKind = defineKind(definition)

/** What a resource of this kind says; undefined for one of another kind. */
export function keysSpecOf({ kind, spec: said }: Resource): KeysSpec | undefined {
  return kind === definition.name ? spec.safeParse(said).data : undefined
}

/** Exactly these keys open the account; with `exclusive: false` other keys stay, whoever put them there. */
export function authorizedKeys(
  user: string,
  keys: readonly string[],
  options: { readonly exclusive?: boolean } = {},
): Resource {
  return makeResource(definition, { user, keys, ...options })
}

/** One more key for an account whose other keys are somebody else's affair; for several, use `authorizedKeys`. */
export function authorizedKey(user: string, key: string): Resource {
  return authorizedKeys(user, [key], { exclusive: false })
}
