/** Secrets that another operator kept on this machine, for whoever takes over the environment from them. */
import type { Held } from './document.ts'
import { localStore, type SecretStore } from './store.ts'

export interface Inheritance {
  readonly held: Held
  /** Of the environment's authority; undefined where it has none. */
  readonly certificate: string | undefined
}

/** Undefined: there are none, or they cannot be read. */
export async function readInheritance(directory: string): Promise<Inheritance | undefined> {
  const store = localStore(directory)
  try {
    const held = await store.read()
    return held.values.size > 0 ? { held, certificate: await store.certificate() } : undefined
  } catch {
    return undefined
  }
}

/** Theirs are what hosts have, so they take the place of those of the same names. Only for whoever holds the lock. */
export async function inherit(store: SecretStore, { held: theirs, certificate }: Inheritance): Promise<void> {
  const own = await store.read()
  const kept = [...own.generated].filter((name) => !theirs.values.has(name))
  await store.write({
    ...own,
    generated: new Set([...kept, ...theirs.generated]),
    values: new Map([...own.values, ...theirs.values]),
  })
  if (certificate !== undefined) await store.keepCertificate(certificate)
}
