/** Where the secrets of an environment are kept: one encrypted file, of the operator or of the repository. */
import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { basename, dirname, isAbsolute, join, relative } from 'node:path'
import { CopseError } from '../../lib/errors.ts'
import type { Desired } from '../../model/desired.ts'
import type { Environment } from '../../model/environment.ts'
import { replaceFile } from '../../transports/replace-file.ts'
import { formatHeld, type Held, nothingHeld, parseHeld } from './document.ts'
import { type Identity, makeIdentity, parseIdentities, seal, unseal } from './seal.ts'

export interface SecretStore {
  /** The file, as messages call it. */
  readonly file: string
  /** Who reads it from the next change on; nobody but the operator where it is not in the repository. */
  readonly recipients: readonly string[]
  /** All of them; nothing where there is no file yet. */
  read(): Promise<Held>
  /** Replaces all of them in one step. Only for whoever holds the environment's lock. */
  write(held: Held): Promise<void>
  /** The certificate of the environment's authority, which is no secret; undefined where there is none. */
  certificate(): Promise<string | undefined>
  /** Replaces it. Only for whoever holds the environment's lock. */
  keepCertificate(text: string): Promise<void>
}

/** The store that the environment's settings name. */
export function storeFor({ file, environment }: Desired, stateDir: string): SecretStore {
  return environment.secrets === 'local' ? localStore(stateDir) : repoStore(file, environment)
}

/** One file and its only key, which is made with it. */
export function localStore(stateDir: string): SecretStore {
  const file = join(stateDir, 'secrets.age')
  const key = join(stateDir, 'secrets.key')
  const authority = join(stateDir, 'ca.crt')
  const read = readerOf(file)
  return {
    file,
    recipients: [],
    read: () =>
      read(async () => {
        const text = await textOf(key)
        if (text !== undefined) return parseIdentities(text)
        throw new CopseError('failed', `${file} cannot be read without its key, ${key}, which is gone`, {
          hint: 'put the key back; or remove the file: then all secrets are made anew, or have to be set again',
        })
      }),
    async write(held) {
      const text = await textOf(key)
      const [known] = text === undefined ? [] : await parseIdentities(text)
      const identity = known ?? (await makeIdentity())
      if (!known) await replaceFile(key, `# public key: ${identity.recipient}\n${identity.identity}\n`)
      await writeSealed(file, { ...held, recipients: [] }, [identity.recipient])
    },
    certificate: () => textOf(authority),
    keepCertificate: (text) => replaceFile(authority, text),
  }
}

/** A file beside the config that the environment's people read, each with an identity of their own. */
function repoStore(config: string, environment: Environment): SecretStore {
  const file = join(dirname(config), 'secrets', `${environment.name}.age`)
  const authority = join(dirname(config), 'secrets', `${environment.name}.ca.crt`)
  const recipients = [...new Set(environment.people.flatMap((person) => person.recipients ?? []))]
  const shown = relative(process.cwd(), file)
  const title = shown.startsWith('..') ? file : shown
  const read = readerOf(file)
  return {
    file: title,
    recipients,
    read: () => read(() => ownIdentities(title)),
    async write(held) {
      if (recipients.length === 0) throw noRecipients(environment)
      const identities = await ownIdentities(title)
      if (!identities.some(({ recipient }) => recipients.includes(recipient)))
        throw notAmong(identities, environment)
      await mkdir(dirname(file), { recursive: true })
      await writeSealed(file, { ...held, recipients }, recipients)
    },
    certificate: () => textOf(authority),
    async keepCertificate(text) {
      await mkdir(dirname(authority), { recursive: true })
      await replaceFile(authority, text)
    },
  }
}

/** Each run looks twice, the second time under its lock: what has not changed since is not decrypted again. */
function readerOf(file: string) {
  const opened = new Map<string, Promise<Held>>()
  return async (identities: () => Promise<readonly Identity[]>): Promise<Held> => {
    const sealed = await textOf(file)
    if (sealed === undefined) return nothingHeld
    const held = opened.get(sealed) ?? identities().then((own) => open(file, sealed, own))
    opened.set(sealed, held)
    return held
  }
}

async function open(file: string, sealed: string, own: readonly Identity[]): Promise<Held> {
  try {
    return parseHeld(await unseal(sealed, own))
  } catch (cause) {
    // What a parser complains of would hold what it was given.
    const isStranger = cause instanceof Error && cause.message.startsWith('no identity matched')
    throw new CopseError('failed', isStranger ? notForUs(file, own) : `${file} is damaged`, {
      hint: isStranger
        ? `somebody who reads it adds yours to people in the config and saves: copse secrets ${basename(file, '.age')} edit`
        : 'bring an older one back from version control or a backup',
    })
  }
}

function notForUs(file: string, own: readonly Identity[]): string {
  return `${file} is not encrypted for you (${own.map(({ recipient }) => recipient).join(', ')})`
}

/** A run that was killed while it wrote has left its draft. */
async function writeSealed(file: string, held: Held, recipients: readonly string[]): Promise<void> {
  const sealed = await seal(formatHeld(held), recipients)
  const drafts = (await readdir(dirname(file))).filter((name) =>
    /^\.\d+$/.test(name.replace(basename(file), '')),
  )
  await Promise.all(drafts.map((name) => rm(join(dirname(file), name), { force: true })))
  await replaceFile(file, sealed)
}

/** Undefined where there is no such file. */
async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw new CopseError(
      'failed',
      `${file} cannot be read: ${error instanceof Error ? error.message : error}`,
    )
  }
}

/** The operator's own, as age-keygen writes them. */
async function ownIdentities(wanted: string): Promise<readonly Identity[]> {
  const file = identityFile(process.env)
  const text = await textOf(file)
  if (text === undefined)
    throw new CopseError('failed', `${wanted} needs an identity of age, and there is no ${file}`, {
      hint: `make one: age-keygen -o ${file}; or name yours in COPSE_IDENTITY`,
    })
  try {
    const identities = await parseIdentities(text)
    if (identities.length > 0) return identities
  } catch {
    // The library's error would quote the line.
  }
  throw new CopseError('failed', `${file} holds no identity of age`, {
    hint: 'a line of it must be AGE-SECRET-KEY-1...; age-keygen writes such files',
  })
}

function identityFile({ COPSE_IDENTITY, XDG_CONFIG_HOME }: NodeJS.ProcessEnv): string {
  if (COPSE_IDENTITY) return COPSE_IDENTITY
  const base = XDG_CONFIG_HOME && isAbsolute(XDG_CONFIG_HOME) ? XDG_CONFIG_HOME : join(homedir(), '.config')
  return join(base, 'copse', 'identity')
}

function noRecipients({ name }: Environment): CopseError {
  return new CopseError(
    'failed',
    `nobody could read the secrets of ${name}: none of its people has recipients`,
    {
      hint: "make an identity with age-keygen -o ~/.config/copse/identity, and give what it prints to yourself in the config: recipients: ['age1...']",
    },
  )
}

function notAmong(identities: readonly Identity[], { name }: Environment): CopseError {
  const own = identities.map(({ recipient }) => `'${recipient}'`).join(', ')
  return new CopseError('failed', `you would not be able to read the secrets of ${name} any more`, {
    hint: `give this to yourself in the config's people: recipients: [${own}]`,
  })
}
