/** Schemas of the texts in a definition: names, domains, addresses. Each has one message, said of any wrong value. */
import { z } from 'zod'
import { parseAddress, parseSubnet, type Subnet } from '../lib/ipv4.ts'
import { isAgeRecipient } from './age-recipient.ts'
import { publicKeyFault } from './public-key.ts'

const recipientMessage = 'must be a recipient of age, "age1..." as age-keygen prints it'

/** Text of a pattern; `must` is the whole message. */
export function text(pattern: RegExp, must: string) {
  return z.string(must).regex(pattern, must)
}

/** Exactly these settings; the message for an unknown one is the list of the known. */
export function settings<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.strictObject(shape, {
    error: ({ code }) =>
      code === 'unrecognized_keys' ? Object.keys(shape).join(' ') : 'must be an object in braces',
  })
}

const reserved = ['operators', 'internet', 'localhost', 'box', 'constructor']

/** The name of an ecosystem, environment, group, role or endpoint: one DNS label. */
export const name = text(
  /^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
  'must be a name of lower-case letters, digits and hyphens that begins with a letter, at most 63',
).refine((value) => !reserved.includes(value), 'must be another name: this one has a meaning of its own')

const labels =
  /^(?=.{1,200}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/

/** A further name of a host, relative to the zone. */
export const relativeName = text(labels, 'must be a DNS name in lower case without the domain, such as "www"')

export const domain = text(
  labels,
  'must be a DNS domain in lower case without a dot at its end, such as "office.internal"',
).refine(
  (value) => /\.[a-z][a-z0-9-]*$/.test(value),
  'must be a DNS domain of two parts or more, such as "office.internal"',
)

export const prefix = text(
  /^(?:[a-z][a-z0-9-]{0,31})?$/,
  'must be lower-case letters, digits and hyphens that begin with a letter, at most 32, such as "dev"',
)

const addressMessage = 'must be an IPv4 address such as "10.61.0.1"'

export const address = z
  .string(addressMessage)
  .refine((value) => parseAddress(value) !== undefined, addressMessage)

const sourceMessage = 'must be an IPv4 address or network such as "203.0.113.0/24"'

/** An address, or a network of them. */
export const source = z
  .string(sourceMessage)
  .refine((value) => parseAddress(value) !== undefined || parseSubnet(value) !== undefined, sourceMessage)

/** A port as the key of a record. */
export const portKey = text(/^[1-9]\d{0,4}$/, 'must be a port, 1 to 65535').refine(
  (port) => Number(port) <= 65_535,
  'must be a port, 1 to 65535',
)

const subnetMessage = 'must be an IPv4 network such as "10.61.0.0/24", with nothing set after its prefix'

export const subnet = z.string(subnetMessage).transform((value, context): Subnet => {
  const parsed = parseSubnet(value)
  if (parsed && parsed.bits >= 16 && parsed.bits <= 28) return parsed
  const message = parsed ? 'must be a network from /16 to /28' : subnetMessage
  context.issues.push({ code: 'custom', message, input: value })
  return z.NEVER
})

export const mailAddress = text(
  /^[^\s"\\<>@]+@[^\s"\\<>@]+$/,
  'must be an address such as "ops@office.example"',
)

/** Where to connect to: an address or a DNS name. */
export const hostAddress = text(
  /^(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9.:-]*[A-Za-z0-9])?$/,
  'must be an IP address or a DNS name',
)

const targetMessage = 'must be an address or a DNS name, with a port or without: "198.51.100.7:8422"'

/** Where another environment takes builds in. */
export const promotionTarget = z.string(targetMessage).transform((value, context) => {
  const [, address = '', port = '8422'] =
    /^([A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?)(?::([1-9]\d{0,4}))?$/.exec(value) ?? []
  if (address !== '' && Number(port) <= 65_535) return { address, port: Number(port) }
  context.issues.push({ code: 'custom', message: targetMessage, input: value })
  return z.NEVER
})

/** A name that git takes for a branch, and for nothing else. */
export const branch = text(/^(?=.{1,100}$)[A-Za-z0-9][\w-]*(?:[./][\w-]+)*$/, 'must be the name of a branch')

/** A destination as `ssh` takes it; one that begins with a hyphen would be read as an option. */
export const sshDestination = text(
  /^(?:[\w.][\w.-]*@)?[\w:][\w.:-]{0,252}$/,
  'must be a host as `ssh` takes it: an alias of your OpenSSH settings, or "user@host"',
)

export const publicKey = z
  .string('must be a public key, one line as in id_ed25519.pub')
  .superRefine((value, context) => {
    const message = publicKeyFault(value)
    if (message) context.addIssue({ code: 'custom', message, params: { isSecret: true } })
  })

/** A recipient of age, with its checksum. */
export const ageRecipient = z.string(recipientMessage).refine(isAgeRecipient, recipientMessage)

/** Text that survives any file: well-formed, no NUL, at most 64 KiB. */
export const freeText = z
  .string('must be text, a number, true or false')
  .max(65_536, 'must be at most 65536 characters')
  .refine((value) => value.isWellFormed() && !value.includes('\0'), 'must not contain NUL or half characters')
