/** Encrypts and decrypts as age does, armoured. The library is loaded when it is first needed: that takes a while. */

/** The library, which takes a tenth of a second to read. */
export function loadAge() {
  return import('age-encryption')
}

/** Both halves of one who reads. */
export interface Identity {
  /** `AGE-SECRET-KEY-1...`. */
  readonly identity: string
  /** `age1...`. */
  readonly recipient: string
}

export async function makeIdentity(): Promise<Identity> {
  const { generateX25519Identity, identityToRecipient } = await loadAge()
  const identity = await generateX25519Identity()
  return { identity, recipient: await identityToRecipient(identity) }
}

/** Every identity of a file as age-keygen writes it; throws when a line is none. */
export async function parseIdentities(text: string): Promise<readonly Identity[]> {
  const { identityToRecipient } = await loadAge()
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
  return Promise.all(
    lines.map(async (identity) => ({ identity, recipient: await identityToRecipient(identity) })),
  )
}

export async function seal(text: string, recipients: readonly string[]): Promise<string> {
  const { armor, Encrypter } = await loadAge()
  const encrypter = new Encrypter()
  for (const recipient of recipients) encrypter.addRecipient(recipient)
  return armor.encode(await encrypter.encrypt(text))
}

/** Throws when none of the identities is one that it was sealed for. */
export async function unseal(sealed: string, identities: readonly Identity[]): Promise<string> {
  const { armor, Decrypter } = await loadAge()
  const decrypter = new Decrypter()
  for (const { identity } of identities) decrypter.addIdentity(identity)
  // What is given as a stream comes as one: else a whole HTTP client would be loaded, in a tenth of a second.
  const opened = await decrypter.decrypt(ReadableStream.from([armor.decode(sealed)]))
  return Buffer.concat(await Array.fromAsync(opened)).toString()
}
