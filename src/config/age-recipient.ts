/** Recipients of age's X25519: Bech32 (BIP 173) of 32 bytes after `age`. Checked here, so that a slip has its place. */

const alphabet = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l'

/** `age1` and 58 characters, the last six of which are a checksum. */
export function isAgeRecipient(text: string): boolean {
  if (!/^age1[qpzry9x8gf2tvdw0s3jn54khce6mua7l]{58}$/.test(text)) return false
  const prefix = [...'age'].map((letter) => letter.charCodeAt(0))
  const data = [...text.slice('age1'.length)].map((letter) => alphabet.indexOf(letter))
  return checksum([...prefix.map((code) => code >> 5), 0, ...prefix.map((code) => code & 31), ...data]) === 1
}

const generators = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3]

function checksum(values: readonly number[]): number {
  return values.reduce((sum, value) => {
    const mixed = ((sum & 0x1ffffff) << 5) ^ value
    return generators.reduce(
      (all, generator, bit) => ((sum >> (25 + bit)) & 1 ? all ^ generator : all),
      mixed,
    )
  }, 1)
}
