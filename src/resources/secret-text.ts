/** Texts with secrets in them: how configs write them, and how what is to be known of them is filled in. Pure. */
import { z } from 'zod'
import { callSite } from '../model/place.ts'
import type { Resource } from '../model/resource.ts'
import type { SecretForm, SecretReference, SecretText, SecretTextValue } from '../model/secret.ts'
import { acceptSettings, ResourceProblem } from './kind.ts'

/** Of a secret: one word that commands take. */
export const secretName = z
  .string()
  .regex(
    /^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
    'the name of a secret must be lower-case letters, digits and hyphens that begin with a letter, at most 63',
  )

/** How long a generated secret may be. */
export const generatedLength = z
  .int('must be a whole number of characters')
  .min(8, 'must be 8 characters at least')
  .max(1024, 'must be 1024 characters at most')

/** What `secret` makes. */
export const secretReference: z.ZodType<SecretReference> = z.strictObject({
  secret: secretName.refine((name) => name !== 'ca-key', 'ca-key signs certificates, and never leaves copse'),
  generate: generatedLength.optional(),
  as: z.enum(['quoted', 'ssh-private-key', 'ssh-public-key']).optional(),
})

/** A field of a kind's spec that may hold secrets. */
export const secretTextSchema: z.ZodType<SecretText> = z.strictObject({
  parts: z.array(z.union([z.string(), secretReference])),
  digest: z.string().optional(),
})

/** What else is asked of a secret. */
export interface SecretOptions {
  /**
   * Made once, as this many random letters and digits (8 to 1024), where the environment has no value yet. Without it
   * somebody must have typed `copse secrets ENV set NAME`. Other references to the same secret may leave it out.
   */
  readonly generate?: number
}

/**
 * A secret of the environment, by its name: the same value on every host that names it. It stands for the whole content
 * of a file, or in a text that `secretText` makes: `secret('graphite-key', { generate: 50 })`.
 */
export function secret(name: string, options: SecretOptions = {}): SecretReference {
  const made = acceptSettings('secret', secretReference, { secret: name, ...options })
  // In an ordinary template it would become `[object Object]` on a host.
  return Object.defineProperty(made, 'toString', { value: refuseText(name), enumerable: false })
}

function refuseText(name: string): () => never {
  return () => {
    throw new ResourceProblem(
      `the secret ${name} can only be put into a text by secretText\`...\`, which keeps it apart`,
      callSite(),
    )
  }
}

/**
 * Template tag: a text with secrets in it, such as a file's content. Nobody sees it: neither plans nor diffs nor logs, and
 * the file gets mode 0600: `file('/etc/x.env', { content: secretText\`KEY=${secret('x-key', { generate: 32 })}\n\` })`.
 */
export function secretText(text: TemplateStringsArray, ...values: readonly SecretTextValue[]): SecretText {
  const parts = text.flatMap((piece, index) => [piece, ...partsOf(values[index] ?? '')])
  return acceptSettings('secretText', secretTextSchema, { parts: joined(parts) })
}

/**
 * The text between double quotes, as sh and systemd's environment files read it, whatever the values of its secrets are.
 */
export function quotedText(text: SecretText): SecretText {
  const parts = text.parts.map((part) =>
    typeof part === 'string' ? escaped(part) : { ...part, as: 'quoted' as const },
  )
  return secretText`"${{ parts }}"`
}

/**
 * The private half of an SSH key pair (ed25519) that follows from the value of a secret: the content of a file that `ssh -i`
 * takes. Whoever has the value has the key, so the value is to be generated: `sshPrivateKeyOf(secret('deploy', { generate: 43 }))`.
 */
export function sshPrivateKeyOf(reference: SecretReference): SecretText {
  return formOf(reference, 'ssh-private-key')
}

/** Its public half, as in `id_ed25519.pub`: a word of the type and one of the key, without an end of line. */
export function sshPublicKeyOf(reference: SecretReference): SecretText {
  return formOf(reference, 'ssh-public-key')
}

function formOf(reference: SecretReference, as: SecretForm): SecretText {
  return acceptSettings('secretText', secretTextSchema, { parts: [{ ...reference, as }] })
}

/** What double quotes do not protect. */
export function escaped(text: string): string {
  return text.replace(/["\\$`]/g, '\\$&')
}

/** The whole of a content as a text with secrets. */
export function asSecretText(content: SecretReference | SecretText): SecretText {
  return 'parts' in content ? content : { parts: [content] }
}

function partsOf(value: SecretTextValue): SecretText['parts'] {
  if (typeof value !== 'object') return [String(value)]
  return asSecretText(value).parts
}

/** Neighbouring plain parts become one, so that the same text is the same data. */
function joined(parts: SecretText['parts']): SecretText['parts'] {
  const made: (string | SecretReference)[] = []
  for (const part of parts) {
    const last = made.at(-1)
    if (typeof part === 'string' && typeof last === 'string') made[made.length - 1] = last + part
    else if (part !== '') made.push(part)
  }
  return made
}

/** Every secret that a resource names, of whatever kind it is. */
export function secretsOf({ spec }: Pick<Resource, 'spec'>): readonly SecretReference[] {
  return textsIn(spec).flatMap(({ parts }) =>
    parts.flatMap((part) => (typeof part === 'string' ? [] : [part])),
  )
}

function textsIn(value: unknown): readonly SecretText[] {
  if (typeof value !== 'object' || value === null) return []
  const text = asText(value)
  return text ? [text] : Object.values(value).flatMap(textsIn)
}

/** The resource with the digests of its texts with secrets; undefined where a value is not known yet. */
export function withSecrets(
  resource: Resource,
  digestOf: (text: SecretText) => string | undefined,
): Resource {
  if (textsIn(resource.spec).length === 0) return resource
  return { ...resource, spec: filled(resource.spec, digestOf) }
}

function filled(value: unknown, digestOf: (text: SecretText) => string | undefined): unknown {
  if (typeof value !== 'object' || value === null) return value
  const text = asText(value)
  if (text) return { parts: text.parts, digest: digestOf(text) }
  if (Array.isArray(value)) return value.map((item) => filled(item, digestOf))
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, filled(item, digestOf)]))
}

/** Most of what there is has no parts, and needs no schema to be told apart. */
function asText(value: object): SecretText | undefined {
  return 'parts' in value ? secretTextSchema.safeParse(value).data : undefined
}
