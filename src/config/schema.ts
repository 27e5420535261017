/** The structure of each part of a definition; what parts say about each other is checked elsewhere. */
import { z } from 'zod'
import { factNames } from '../model/allowance.ts'
import type { Probe } from '../model/probe.ts'
import type { Resource, ResourceList } from '../model/resource.ts'
import type { Role } from '../model/role.ts'
import { secretReference } from '../resources/secret-text.ts'
import { accountName, oneLine } from '../resources/words.ts'
import type { AllowanceDefinition } from './allow.ts'
import type { HostDefinition } from './define.ts'
import { field } from './field.ts'
import type { FlowDefinition } from './flow.ts'
import type { Machines } from './providers.ts'
import { acmeSchema } from './schema-acme.ts'
import * as words from './schema-words.ts'

const { settings } = words

const truth = z.boolean('must be true or false')
const list = <Item extends z.ZodType>(item: Item, what: string) => z.array(item, `must be a list of ${what}`)
const whole = (min: number, max: number, must: string) => z.int(must).min(min, must).max(max, must)
const record = <Value extends z.ZodType>(value: Value) =>
  z.record(
    words.text(/^[A-Za-z][\w-]{0,62}$/, 'must be a name of letters, digits, hyphens and underscores'),
    value,
    'must be an object in braces',
  )

/** Has the fields of what a builder made, and a place if that is one. */
function isMade(value: unknown, ...fields: readonly string[]): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    fields.every((name) => name in value) &&
    (!fields.includes('place') || typeof field(field(value, 'place'), 'file') === 'string')
  )
}

export const machinesSchema = z.custom<Machines>(
  (value) =>
    isMade(value, 'provider', 'settings', 'place') &&
    ['incus', 'existing'].includes(String(field(value, 'provider'))),
  'must be made by incus({ box: "local" }) or existing({ ... })',
)

const urlMessage = 'must be a URL such as "https://chat.example/hooks/x", or secret("NAME")'
const commandMessage = 'must be a line of sh, or a list of words such as ["logger", "red"]'

const mailSchema = settings({
  server: words.text(/^smtps?:\/\/[^\s"\\/]+$/, 'must be a server such as "smtp://mail.office.example:25"'),
  from: words.mailAddress,
  to: list(words.mailAddress, 'addresses').min(1, 'must name one address at least'),
  login: settings({
    user: words.text(/^[^\s"\\:]+$/, 'must be a name without colon, quotes and blanks'),
    password: secretReference,
  }).optional(),
})

const alertSchema = settings({
  mail: mailSchema.optional(),
  webhook: z
    .union([words.text(/^https?:\/\/[^\s"\\]+$/, urlMessage), secretReference], urlMessage)
    .optional(),
  command: z
    .union(
      [
        z.string(commandMessage).pipe(oneLine.min(1, commandMessage)),
        z.array(oneLine, commandMessage).min(1, commandMessage),
      ],
      commandMessage,
    )
    .optional(),
}).refine(
  ({ webhook, command, mail }) => (webhook ?? command ?? mail) !== undefined,
  'must name a webhook, a command or mail',
)

const doorMessage = 'must be a host such as "lb", or a host, a dot and one of its endpoints'
const publishedSchema = settings({
  to: z.string(doorMessage),
  from: list(words.source, 'addresses or networks')
    .min(1, 'must hold one at least; leave it out for anybody')
    .refine((from) => !from.includes('0.0.0.0/0'), 'means anybody with "0.0.0.0/0": leave it out for that')
    .default([]),
})
const publishSchema = z.record(
  words.portKey,
  z.union(
    [z.string(doorMessage).transform((to) => ({ to, from: [] as readonly string[] })), publishedSchema],
    'must be a host such as "lb", or { to: "lb", from: ["10.0.0.0/8"] }',
  ),
  'must be an object in braces: { 80: "lb" }',
)

const promotionSchema = settings({ to: words.promotionTarget, hostKey: words.publicKey }).transform(
  ({ to, hostKey }) => ({ ...to, hostKey }),
)

const allowance = z.custom<AllowanceDefinition>(
  (value) => isMade(value, 'reason', 'allowed', 'place'),
  'must be made by allow("why", { fact: "unit", key: "x.service" })',
)
/** Differences that are signed for, as `allow` makes them. */
export const differencesSchema = list(allowance, 'differences such as [allow("why", { fact: "unit" })]')

export const reasonSchema = z
  .string('must say in words why the difference is meant to be')
  .pipe(oneLine.trim().min(1, 'must say in words why the difference is meant to be'))

export const allowedSchema = settings({
  fact: z.literal(factNames, `must be one of ${factNames.join(', ')}`),
  key: z.string('must be what the fact is about, such as "postfix.service"').pipe(oneLine.min(1)).optional(),
  host: z.string('must be the name of a host, a group or a role').optional(),
})

export const environmentSchema = settings({
  machines: machinesSchema,
  subnet: words.subnet,
  domain: words.domain,
  prefix: words.prefix.default(''),
  resolvers: list(words.address, 'addresses of DNS servers').optional(),
  operators: list(words.source, 'addresses or networks')
    .min(1, 'must hold one at least, or nobody could enter')
    .optional(),
  publish: publishSchema.default({}),
  counts: record(whole(1, 4096, 'must be a whole number, 1 or more')).default({}),
  variables: record(
    z.union([words.freeText, z.boolean(), z.number()], 'must be text, a number, true or false'),
  ).default({}),
  protected: truth.default(false),
  secrets: z.literal(['local', 'repo'], 'must be "local" or "repo"').default('local'),
  alert: alertSchema.optional(),
  acme: acmeSchema.optional(),
  promotes: z.record(words.branch, promotionSchema, 'must be an object in braces').optional(),
  accepts: list(words.publicKey, 'public keys').min(1, 'must hold one key at least').optional(),
  differences: differencesSchema.default([]),
})
export type EnvironmentSettings = z.output<typeof environmentSchema>

const debian = z.literal([12, 13], 'must be 12 or 13')

const offset = whole(0, 65_535, "must be an address's offset in the subnet, a whole number such as 20")

const role = z.custom<Role>(
  (value) =>
    isMade(value, 'name', 'place', 'problems', 'endpoints', 'resources', 'finish', 'probes', 'flows'),
  {
    error: ({ input }) =>
      typeof input === 'function'
        ? 'is the function that makes a role: add () after its name'
        : 'must be a role such as web()',
  },
)

const resource = z.custom<Resource>(
  (value) => isMade(value, 'kind', 'key', 'spec', 'place'),
  'must be a resource such as pkg("htop"), or a list of them',
)
/** Any nesting of lists. */
export const resourceList: z.ZodType<ResourceList> = z.array(
  z.union([resource, z.lazy(() => resourceList)]),
  'must be a list of resources, or a function that makes one',
)

/** Servers as the roles in front of them say how each is taken out and brought back. */
export const balancedList = z.array(
  z.object(
    { server: z.string(), drain: z.string(), restore: z.string() },
    'must name a server, and say how it is drained and restored',
  ),
  'must be a list of servers',
)

/** What roles keep dumps of. */
export const restorableList = z.array(
  z.object({ name: z.string(), program: z.array(z.string()).min(1) }, 'must have a name and a program'),
  'must be a list of what can be restored',
)

/** Probes as their builders make them. */
export const probeList = z.array(
  z.custom<Probe>(
    (value) => isMade(value, 'kind', 'name', 'from', 'to', 'expect', 'isFast', 'spec'),
    'must be a probe as its builders make it',
  ),
  'must be a list of probes, or a function that makes one',
)

type Make<Field extends 'resources' | 'probes'> = Extract<HostDefinition[Field], (...input: never) => unknown>
const maker = <Field extends 'resources' | 'probes'>(field: Field) =>
  z.custom<Make<Field>>(
    (value) => typeof value === 'function',
    `must be a list of ${field}, or a function that makes one`,
  )
const several = list(offset, 'offsets such as [24, 25]').min(1, 'must hold one offset at least')

export const hostSchema = settings({
  at: z.union([offset, several]),
  roles: list(role, 'roles such as [web()]'),
  apps: list(z.string('must be the name of an app'), 'names of apps').default([]),
  names: list(words.relativeName, 'names such as ["www"]').default([]),
  resources: z.union([maker('resources'), resourceList]).default([]),
  probes: z.union([maker('probes'), probeList]).default([]),
  after: list(z.string('must be the name of a host or group'), 'hosts or groups').default([]),
  volumes: record(words.freeText).default({}),
  debian: debian.default(13),
  limits: settings({
    cpu: whole(1, 4096, 'must be a whole number of cores, 1 or more').optional(),
    memory: whole(64, 2 ** 24, 'must be a whole number of MiB, 64 or more').optional(),
  }).default({}),
})
export type HostSettings = z.output<typeof hostSchema>

export const personSchema = settings({
  name: z.string('must be an account name such as "ana"').pipe(accountName),
  keys: list(words.publicKey, 'public keys').min(1, 'must hold one key at least'),
  recipients: list(words.ageRecipient, 'recipients of age').default([]),
  environments: list(z.string('must be the name of an environment'), 'environments'),
})
export type PersonSettings = z.output<typeof personSchema>

export const flowSchema = z.custom<FlowDefinition>(
  (value) => isMade(value, 'from', 'to', 'place'),
  'must be made by flow("from", "to.endpoint")',
)

/** Flows as roles bring them. */
export const flowList = z.array(
  z.object({ from: z.string(), to: z.string() }, 'must be made by flow("from", "to.endpoint")'),
  'must be a list of flows',
)

const sshBox = settings({ ssh: words.sshDestination })

const boxMessage = 'must be "local" or { ssh: "HOST" }, as in `ssh HOST`'

export const incusSchema = settings({ box: z.union([z.literal('local', boxMessage), sshBox], boxMessage) })

const anyServer = {
  user: z.string('must be an account name such as "ops"').pipe(accountName).optional(),
  port: whole(1, 65_535, 'must be a port, 1 to 65535').optional(),
  identityFile: z.string('must be the path of a private key file').pipe(oneLine.min(1)).optional(),
  knownHosts: z.string('must be the path of a known_hosts file').pipe(oneLine.min(1)).optional(),
  debian: debian.optional(),
}
const server = settings({
  ...anyServer,
  address: words.hostAddress.optional(),
  hostKey: words.publicKey.optional(),
})

export const existingSchema = settings({ ...anyServer, servers: record(server).default({}) })
