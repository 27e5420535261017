/** A source of Debian packages besides the distribution's own. */
import { z } from 'zod'
import type { Resource } from '../model/resource.ts'
import { file } from './file.ts'
import { acceptSettings } from './kind.ts'

const word = z.string().regex(/^[^\s\0]+$/, 'must be one word')

const settings = z.strictObject({
  name: z.string().regex(/^[\w.-]+$/, 'must be a name of letters, digits, dots and hyphens'),
  uris: z.array(word).min(1),
  suites: z.array(word).min(1),
  components: z.array(word).default([]),
  key: z
    .string()
    .regex(
      /^\s*-----BEGIN PGP PUBLIC KEY BLOCK-----[\s\S]*-----END PGP PUBLIC KEY BLOCK-----\s*$/,
      'must be an armored public key',
    )
    .optional(),
})

/** Where packages are and who signs them. */
export interface AptSourceOptions {
  readonly uris: readonly string[]
  readonly suites: readonly string[]
  /** None for suites that end with a slash. */
  readonly components?: readonly string[]
  /** The signer's armored public key. Default: the distribution's own signers. */
  readonly key?: string
}

/** A source of packages in apt's deb822 format; the packages that come after it in the list are found in it. */
export function aptSource(name: string, options: AptSourceOptions): readonly Resource[] {
  const { uris, suites, components, key } = acceptSettings('aptSource', settings, { name, ...options })
  const keyring = `/etc/apt/keyrings/${name}.asc`
  const fields = {
    Types: 'deb',
    URIs: uris.join(' '),
    Suites: suites.join(' '),
    ...(components.length > 0 && { Components: components.join(' ') }),
    ...(key !== undefined && { 'Signed-By': keyring }),
  }
  const content = Object.entries(fields).map(([field, value]) => `${field}: ${value}\n`)
  return [
    ...(key === undefined ? [] : [file(keyring, { content: `${key.trim()}\n` })]),
    file(`/etc/apt/sources.list.d/${name}.sources`, { content: content.join('') }),
  ]
}
