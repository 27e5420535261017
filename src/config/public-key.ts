/** Reads SSH public keys as they stand in `id_ed25519.pub`. */
import { Buffer } from 'node:buffer'

const types = [
  'ssh-ed25519',
  'ssh-rsa',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'sk-ssh-ed25519@openssh.com',
  'sk-ecdsa-sha2-nistp256@openssh.com',
]

/** What is wrong with a public key; undefined when it is well-formed. Never repeats the text, which may be a secret. */
export function publicKeyFault(text: string): string | undefined {
  if (text.includes('PRIVATE KEY'))
    return 'is a private key; give the public half, the file that ends in .pub'
  const [, type = '', body = ''] = /^(\S+) ([A-Za-z0-9+/]+={0,2})(?: [\x20-\x7e]*)?$/.exec(text) ?? []
  if (type === '') return 'must be one line as in id_ed25519.pub: a type, a space and the key in base64'
  if (!types.includes(type)) return `must be of a type that OpenSSH accepts: ${types.join(', ')}`
  return isWhole(Buffer.from(body, 'base64'), type)
    ? undefined
    : 'must be a whole key: this one is cut or damaged'
}

/** A key is a row of length-prefixed fields; the first repeats the type (RFC 4253, 6.6). */
function isWhole(blob: Buffer, type: string): boolean {
  let end = 0
  let fields = 0
  while (end + 4 <= blob.length) {
    const length = blob.readUInt32BE(end)
    if (fields === 0 && blob.toString('latin1', 4, 4 + length) !== type) return false
    end += 4 + length
    fields++
  }
  return end === blob.length && fields >= 2
}
