/** A file: its content, owner, group and mode. */
import { z } from 'zod'
import { sha256 } from '../lib/digest.ts'
import { lines, quote, type Shell, sh } from '../lib/shell.ts'
import type { Resource } from '../model/resource.ts'
import type { SecretReference, SecretText } from '../model/secret.ts'
import { observeFiles } from './file-observe.ts'
import {
  type Change,
  defineKind,
  type Found,
  type KindDefinition,
  makeResource,
  type Payload,
  type Step,
  step,
} from './kind.ts'
import {
  clearTemporary,
  differences,
  grant,
  makeParent,
  moveOver,
  ownership,
  settleMoves,
  standingPath,
  temporaryOf,
} from './on-disk.ts'
import { keepOriginal, keepOriginals, putBack } from './original.ts'
import { asSecretText, secretTextSchema } from './secret-text.ts'
import { besideCaller, longestText, sourceReference, templateReference } from './sources.ts'
import { reloadedByWayIn } from './ways-in.ts'
import { fileMode, octal, oneLine } from './words.ts'

const spec = z
  .strictObject({
    path: standingPath,
    content: z.union([z.string(), secretTextSchema]).optional(),
    source: sourceReference.optional(),
    template: templateReference.optional(),
    ...ownership,
    mode: fileMode,
    validate: oneLine.includes('%s', { error: 'must name the file to look at as %s' }).optional(),
    confirm: z.strictObject({ reload: z.array(oneLine.min(1)) }).optional(),
    secret: z.boolean().default(false),
  })
  .refine(
    ({ content, source, template }) =>
      [content, source, template].filter((body) => body !== undefined).length === 1,
    { message: 'needs exactly one of content, source and template' },
  )
  // The name of the checked file becomes part of a command that may hold quotes of its own.
  .refine(({ path, validate }) => validate === undefined || quote(path) === path, {
    message: 'can only have a validator when the path needs no quotes',
    path: ['validate'],
  })
  .transform((wanted) => ({ ...wanted, secret: wanted.secret || typeof wanted.content === 'object' }))

type Spec = z.output<typeof spec>

const definition: KindDefinition<Spec> = {
  name: 'file',
  spec,
  key: ({ path }) => path,
  // Without a hint the current text is not looked at, so that no secret leaves the host.
  hint: (wanted) => (wanted.secret ? '' : (digestIn(wanted) ?? '')),
  intent: (wanted) => ({ ...accessOf(wanted), path: wanted.path, digest: digestIn(wanted) ?? wanted }),
  imageNeeds: ({ secret }) => (secret ? undefined : []),
  observe: observeFiles,
  diff,
  apply: (wanted, _change, found) => ({
    ...(isSame(wanted, found) ? { script: grant(wanted.path, wanted) } : write([wanted])),
    prepare: keepOriginal(wanted.path),
    ...confirmation(wanted),
  }),
  batch: (items) => writeAll(items.map(({ spec }) => spec)),
  // What stands there now and is no file is not what copse made.
  remove: (path) => ({
    ...step(sh`if [ -f ${path} ] && [ ! -L ${path} ]; then`, putBack(path), sh`fi`),
    ...confirmation({ path }),
  }),
}

function confirmation({ path, confirm }: Pick<Spec, 'path' | 'confirm'>): Pick<Step, 'confirm'> {
  const reload = confirm?.reload ?? reloadedByWayIn(path)
  return reload === undefined ? {} : { confirm: { paths: [path], reload } }
}

function diff(wanted: Spec, found: Found | undefined): Change | undefined {
  const { content: after, secret } = wanted
  const show = (before: string | undefined) =>
    secret || before === undefined || typeof after !== 'string' || after.length > longestText
      ? {}
      : { diff: { before, after } }
  if (!found) return { action: 'create', why: [], ...show('') }
  if (found.type !== 'file') return { action: 'replace', why: [`is a ${found.type}, wanted a file`] }
  const why = differences(wanted, found)
  if (!isSame(wanted, found)) return { action: 'update', why: ['content', ...why], ...show(found.text) }
  return why.length > 0 ? { action: 'update', why } : undefined
}

function isSame(wanted: Spec, found: Found | undefined): boolean {
  return found?.type === 'file' && found.sha === sha256Of(wanted)
}

/** The digest of the wanted bytes; undefined before the controller's files were read and while a secret has no value. */
function digestIn({ content, source }: Spec): string | undefined {
  if (typeof content === 'string') return sha256(content)
  return content ? content.digest : source?.digest
}

/** A secret that is still to be made is none that a host could have: undefined. */
function sha256Of(wanted: Spec): string | undefined {
  const digest = digestIn(wanted)
  if (digest === undefined && wanted.source)
    throw new TypeError(`the source of file ${wanted.path} was not read`)
  return digest
}

function payloadOf(wanted: Spec): Payload {
  const { content, source } = wanted
  if (typeof content === 'string') return { text: content }
  return content ? { secret: content } : { file: source?.file ?? '', digest: sha256Of(wanted) ?? '' }
}

function accessOf({ owner, group, mode }: Spec) {
  return { owner, group, mode }
}

/**
 * Payloads get owner and mode in the step's own directory and are copied with them: created 0600, no name to race for. Each is
 * checked and put in its place in turn, so that a validator finds those before it; a process costs more than a file.
 */
function write(specs: readonly Spec[]): Step {
  const all = specs.map((wanted, index) => ({
    wanted,
    payload: specs.length > 1 ? `content-${index}` : 'content',
  }))
  const paths = specs.map(({ path }) => path)
  const copies = all.map(
    ({ wanted: { path }, payload }) =>
      sh`cp -T --remove-destination --preserve=mode,ownership ${payload} ${temporaryOf(path)}`,
  )
  const moves = specs.map(({ path, validate }) =>
    validate === undefined ? moveOver(path) : lines([check(path, validate), moveOver(path)]),
  )
  return {
    script: lines([
      ...paths.map(makeParent),
      clearTemporary(...paths),
      ...grants(all),
      ...copies,
      sh`sync ${paths.map(temporaryOf)}`,
      ...moves,
      settleMoves(paths),
    ]),
    payloads: Object.fromEntries(all.map(({ wanted, payload }) => [payload, payloadOf(wanted)])),
  }
}

/** Owner and mode for all payloads that are to have the same; they are root's already, and nobody else may read them. */
function grants(all: readonly { readonly wanted: Spec; readonly payload: string }[]): readonly Shell[] {
  const byOwner = Map.groupBy(all, ({ wanted: { owner, group } }) => `${owner}:${group}`)
  const byMode = Map.groupBy(all, ({ wanted: { mode } }) => octal(mode))
  const names = (group: typeof all) => group.map(({ payload }) => payload)
  byOwner.delete('root:root')
  return [
    ...[...byOwner].map(([owner, group]) => sh`chown ${owner} ${names(group)}`),
    ...[...byMode].map(([mode, group]) => sh`chmod ${mode} ${names(group)}`),
  ]
}

/** As they would be in steps of their own, which take longer than the files. */
function writeAll(specs: readonly Spec[]): Step {
  const paths = specs.map(({ path }) => path)
  return { prepare: keepOriginals('file', paths), ...write(specs) }
}

/** A validator is POSIX sh of the definition's own; only the file's name is put into it. */
function check(path: string, validate: string): Shell {
  const command: Shell = { shell: validate.replaceAll('%s', () => quote(temporaryOf(path))) }
  return sh`if ! ( ${command} ); then
  echo ${`${path} stays as it is: ${validate} refused the new one`} >&2
  exit 1
fi`
}

export const fileKind = defineKind(definition)

/** What a file holds: a text, the bytes of a file beside the caller, or a template beside the caller. */
export type FileBody =
  | {
      /** A text, or what `secret` or `secretText` make: then nobody sees it, and the file is `secret`. */
      readonly content: string | SecretText | SecretReference
      readonly source?: never
      readonly template?: never
      readonly values?: never
    }
  | { readonly source: string; readonly content?: never; readonly template?: never; readonly values?: never }
  | {
      readonly template: string
      /** What stands for each `{{name}}`. */
      readonly values: Readonly<Record<string, string | number>>
      readonly content?: never
      readonly source?: never
    }

/** Settings of a file besides its path. */
export type FileOptions = FileBody & {
  /** Default root. */
  readonly owner?: string
  /** Default root. */
  readonly group?: string
  /** Permission bits. Default 0o644, of a secret 0o600. */
  readonly mode?: number
  /** POSIX sh that fails when the file must not be used; `%s` is the new file, before it replaces the old one. */
  readonly validate?: string
  /**
   * For files that can lock us out: these units are reloaded, and without a new login all is put back. Those of sshd, sudo, PAM
   * and nftables need not say so.
   */
  readonly confirm?: { readonly reload: readonly string[] }
  /** Neither the old nor the new content is shown. */
  readonly secret?: boolean
}

/** A file, replaced in one step; what stood there before copse is kept and comes back when copse lets go. */
export function file(path: string, options: FileOptions): Resource {
  const { content, source, template, values, ...rest } = options
  const isSecret = options.secret || typeof content === 'object'
  return makeResource(definition, {
    path,
    mode: isSecret ? 0o600 : 0o644,
    ...rest,
    ...(content !== undefined && { content: typeof content === 'object' ? asSecretText(content) : content }),
    ...(source !== undefined && { source: { file: besideCaller(source) } }),
    ...(template !== undefined && { template: { file: besideCaller(template), values } }),
  })
}
