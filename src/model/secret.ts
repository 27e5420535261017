/** Secrets as configs name them: plain data that never holds a value. */

/** Stands for the value that an environment keeps under this name. */
export interface SecretReference {
  /** Kebab-case. */
  readonly secret: string
  /** How many random characters are made once where the environment has no value yet. */
  readonly generate?: number | undefined
  /** What of the value stands there; undefined: the value itself. */
  readonly as?: SecretForm | undefined
}

/**
 * What can be made of a value: escaped for double quotes, or one of the halves of an ed25519 key pair for SSH that follows
 * from it (lib/ssh-key.ts).
 */
export type SecretForm = 'quoted' | 'ssh-private-key' | 'ssh-public-key'

/** A text with secrets in it; the digest of the whole is known once the values are. */
export interface SecretText {
  readonly parts: readonly (string | SecretReference)[]
  readonly digest?: string | undefined
}

/** What can stand in a text: other texts with secrets too. */
export type SecretTextValue = string | number | SecretReference | SecretText
