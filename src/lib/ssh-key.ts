/** An ed25519 key pair for SSH that follows from a secret value: the same value, the same pair. Pure. */
import { createHash, createPrivateKey, createPublicKey } from 'node:crypto'

/** Says what a digest is for, so that no other use of the same value can come to the same bytes. */
const purpose = 'copse ssh-ed25519\n'
const type = 'ssh-ed25519'

/** What stands before the seed in a PKCS #8 private key of ed25519 (RFC 8410). */
const pkcs8 = Buffer.from('302e020100300506032b657004220420', 'hex')

interface Pair {
  readonly seed: Buffer
  readonly point: Buffer
}

/** As in `id_ed25519.pub`, without a comment and without an end of line. */
export function sshPublicKey(value: string): string {
  return `${type} ${blobOf(pairOf(value)).toString('base64')}`
}

/**
 * The file `id_ed25519`, without a passphrase, in the format that OpenSSH itself writes (PROTOCOL.key in its sources): a
 * host's own sshd and ssh read nothing else for ed25519.
 */
export function sshPrivateKey(value: string): string {
  const pair = pairOf(value)
  const { seed, point } = pair
  // Two equal numbers say that it was decrypted rightly; nothing is encrypted here, so they may follow from the key.
  const check = createHash('sha256').update(point).digest().subarray(0, 4)
  const fields = [word(type), word(point), word(Buffer.concat([seed, point])), word('')]
  const secret = padded(Buffer.concat([check, check, ...fields]))
  const whole = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    ...[word('none'), word('none'), word('')],
    ...[number(1), word(blobOf(pair)), word(secret)],
  ])
  const lines = whole.toString('base64').match(/.{1,70}/g) ?? []
  return ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join('\n')
}

function pairOf(value: string): Pair {
  const seed = createHash('sha256').update(`${purpose}${value}`).digest()
  const key = createPrivateKey({ key: Buffer.concat([pkcs8, seed]), format: 'der', type: 'pkcs8' })
  // The point is the end of its SubjectPublicKeyInfo.
  const point = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32)
  return { seed, point }
}

function blobOf({ point }: Pair): Buffer {
  return Buffer.concat([word(type), word(point)])
}

/** A `string` of RFC 4251: its length, then its bytes. */
function word(bytes: string | Buffer): Buffer {
  const body = Buffer.from(bytes)
  return Buffer.concat([number(body.length), body])
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

/** To whole blocks of eight bytes, by 1, 2, 3 and so on. */
function padded(bytes: Buffer): Buffer {
  const missing = (8 - (bytes.length % 8)) % 8
  return Buffer.concat([bytes, Buffer.from(Array.from({ length: missing }, (_, index) => index + 1))])
}
