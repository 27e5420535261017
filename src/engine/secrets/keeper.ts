/** The secrets of one session: what its resources name, opened when it is first needed, and made where none are. */
import { randomInt } from 'node:crypto'
import { ConfigError } from '../../config/load.ts'
import { Secret } from '../../lib/secret.ts'
import type { Desired } from '../../model/desired.ts'
import type { Environment } from '../../model/environment.ts'
import type { Place } from '../../model/place.ts'
import type { Resource } from '../../model/resource.ts'
import { secretsOf } from '../../resources/secret-text.ts'
import { certify, isCertificateOf, makeAuthorityKey } from '../tls/authority.ts'
import { presentOf } from '../tls/succession.ts'
import { type Held, isFor, nothingHeld, withValue } from './document.ts'
import { authorityKey, noSecrets, type OpenSecrets, openSecrets } from './open.ts'
import type { SecretStore } from './store.ts'

/** What planning is given: it can look and cannot write. */
export interface SecretReader {
  /** Their values; the store is only asked where a resource of the environment names one. */
  open(): Promise<OpenSecrets>
  /** The same for who can do without: nothing where the store cannot be read. */
  known(): Promise<OpenSecrets>
  /** Throws ConfigError for those that these hosts need, that copse cannot make, and that nobody has set. */
  require(hosts: readonly string[]): Promise<void>
}

/** What changing is given. */
export interface SecretKeeper extends SecretReader {
  readonly store: SecretStore
  /** What the definition names. */
  readonly uses: readonly SecretUse[]
  /** Makes all that are missing, for good. Only for whoever holds the environment's lock. Returns their names. */
  make(hosts: readonly string[]): Promise<readonly string[]>
  /** Encrypts them to the present people where others are to read them. Only for whoever holds the environment's lock. Was that so? */
  readdress(): Promise<boolean>
  /** Every host trusts the present authority: former ones are given to none any more. Was there any? */
  endSuccession(): Promise<boolean>
}

/** A secret, and where it is named. */
export interface SecretUse {
  readonly name: string
  /** How copse makes it: so many characters, or the key of the authority. Undefined: it cannot. */
  readonly generate: number | 'authority' | undefined
  /** A private key is made of it. */
  readonly isKey: boolean
  readonly places: readonly { readonly host: string; readonly resource: string; readonly place: Place }[]
}

/** Every secret that the definition names, by name. Pure. */
export function usesOf({ hosts }: Pick<Desired, 'hosts'>): readonly SecretUse[] {
  const all = hosts.flatMap(({ host, resources }) =>
    resources.flatMap((resource) =>
      namedBy(resource).map((named) => ({
        ...{ ...named, host: host.name, place: resource.place },
        resource: `${resource.kind} ${resource.key}`,
      })),
    ),
  )
  return [...Map.groupBy(all, ({ name }) => name)]
    .map(([name, uses]) => ({
      name,
      generate: uses.find(({ generate }) => generate !== undefined)?.generate,
      isKey: uses.some(({ isKey }) => isKey),
      places: uses.map(({ host, resource, place }) => ({ host, resource, place })),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** Certificates are signed with the authority's key. */
function namedBy(resource: Resource): readonly Pick<SecretUse, 'name' | 'generate' | 'isKey'>[] {
  if (resource.kind === 'certificate') return [{ name: authorityKey, generate: 'authority', isKey: false }]
  return secretsOf(resource).map(({ secret: name, generate, as }) => ({
    ...{ name, generate, isKey: as === 'ssh-private-key' },
  }))
}

export function keepSecrets(desired: Desired, store: SecretStore): SecretKeeper {
  const uses = usesOf(desired)
  let held: Promise<Held> | undefined
  const look = () => {
    held ??= uses.length > 0 ? store.read() : Promise.resolve(nothingHeld)
    return held
  }
  const signs = uses.some(({ name }) => name === authorityKey)
  const open = async () => {
    if (uses.length === 0) return noSecrets
    const [{ values }, certificate] = await Promise.all([look(), signs ? store.certificate() : undefined])
    const keys = uses.filter(({ isKey }) => isKey).map(({ name }) => name)
    return openSecrets(values, { certificate, keys })
  }
  const require = async (hosts: readonly string[]) => {
    const { values } = await look()
    const problems = uses.filter(({ name }) => !values.has(name)).flatMap((use) => unset(desired, use, hosts))
    if (problems.length > 0) throw new ConfigError(problems)
  }
  return {
    store,
    uses,
    open,
    known: () => open().catch(() => noSecrets),
    require,
    async make(hosts) {
      // Another run may have made some before this one had the lock.
      held = undefined
      await require(hosts)
      const known = await look()
      const missing = uses.filter(({ name, generate }) => generate !== undefined && !known.values.has(name))
      let whole = known
      for (const { name, generate } of missing)
        whole = withValue(whole, name, { value: await newValue(generate), isMade: true })
      if (missing.length > 0) await store.write(whole)
      held = Promise.resolve(whole)
      if (signs) await keepCertified(store, desired.environment, whole)
      return missing.map(({ name }) => name)
    },
    async readdress() {
      held = undefined
      const known = await look()
      if (isFor(known, store.recipients)) return false
      await store.write(known)
      return true
    },
    async endSuccession() {
      const certificate = signs ? await store.certificate() : undefined
      if (certificate === undefined || presentOf(certificate) === certificate) return false
      await store.keepCertificate(presentOf(certificate))
      return true
    },
  }
}

/** Made up: so many characters, or the key of an authority. */
export async function newValue(generate: SecretUse['generate']): Promise<Secret> {
  return generate === 'authority' ? makeAuthorityKey() : generated(generate ?? 0)
}

/** The key is kept first: of a key a certificate can be made at any time, and a killed run has not made one. */
async function keepCertified(store: SecretStore, environment: Environment, { values }: Held): Promise<void> {
  const key = values.get(authorityKey)
  if (!key || isCertificateOf(key, await store.certificate(), Date.now())) return
  await store.keepCertificate(await certify(key, environment))
}

function unset({ environment }: Desired, { name, generate, places }: SecretUse, hosts: readonly string[]) {
  if (generate !== undefined) return []
  const first = places.find(({ host }) => hosts.includes(host))
  if (!first) return []
  const message = `${first.resource} on ${first.host} needs the secret ${name}, which ${environment.name} does not have`
  return [{ message, hint: `copse secrets ${environment.name} set ${name}`, place: first.place }]
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** Letters and digits, each as likely as any other: about 6 bits a character, and nothing to quote in any format. */
export function generated(length: number): Secret {
  return new Secret(Array.from({ length }, () => letters[randomInt(letters.length)]).join(''))
}
