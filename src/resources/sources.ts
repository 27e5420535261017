/** Files of the controller that resources are made of: how builders name them, and how loading fills them in. Pure. */
import { posix } from 'node:path'
import { z } from 'zod'
import { sha256 } from '../lib/digest.ts'
import { callSite } from '../model/place.ts'
import type { Resource } from '../model/resource.ts'
import { ResourceProblem } from './kind.ts'
import { fillTemplate } from './template.ts'

/** A file of the controller; the digest of its bytes is known once it was read. */
export const sourceReference = z.strictObject({
  file: z.string().min(1),
  digest: z.string().optional(),
})

/** A text file of the controller with `{{name}}` where values go. */
export const templateReference = z.strictObject({
  file: z.string().min(1),
  values: z.record(z.string(), z.union([z.string(), z.number()])),
})

/** A path as a config or role writes it: relative to the file that it stands in. */
export function besideCaller(path: string): string {
  return posix.isAbsolute(path) ? path : posix.join(posix.dirname(callSite().file), path)
}

/** Text above this many bytes is not shown in plans; it travels as a file. */
export const longestText = 65_536

const unread = z.looseObject({
  source: sourceReference.optional(),
  template: templateReference.optional(),
})

/**
 * The resource with what it names on the controller filled in: templates and short texts become its content, other
 * sources get their digest. Throws a ResourceProblem at the resource's place when `read` throws or a template does
 * not fit its values.
 */
export function withSources(resource: Resource, read: (file: string) => Uint8Array): Resource {
  if (resource.kind !== 'file' && resource.kind !== 'archive') return resource
  const { source, template, ...rest } = unread.parse(resource.spec)
  if (template) {
    const text = textIn(readFor(resource, template.file, read))
    if (text === undefined)
      throw new ResourceProblem(`${titleOf(resource)}: ${template.file} is not UTF-8 text`, resource.place)
    return { ...resource, spec: { ...rest, content: fill(resource, { ...template, text }) } }
  }
  if (!source) return resource
  const bytes = readFor(resource, source.file, read)
  const text = resource.kind === 'file' && bytes.length <= longestText ? textIn(bytes) : undefined
  const body =
    text === undefined ? { source: { file: source.file, digest: sha256(bytes) } } : { content: text }
  return { ...resource, spec: { ...rest, ...body } }
}

function readFor(resource: Resource, file: string, read: (file: string) => Uint8Array): Uint8Array {
  try {
    return read(file)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new ResourceProblem(`${titleOf(resource)}: cannot read ${file}: ${reason}`, resource.place)
  }
}

function fill(resource: Resource, template: Parameters<typeof fillTemplate>[0]): string {
  const { text, problems } = fillTemplate(template)
  if (problems.length === 0) return text
  throw new ResourceProblem(`${titleOf(resource)}: ${problems.join('; ')}`, resource.place)
}

function titleOf({ kind, key }: Resource): string {
  return `${kind} ${key}`
}

/** Bytes as text; undefined when they are not UTF-8 or hold a NUL. */
function textIn(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    return text.includes('\0') ? undefined : text
  } catch {
    return undefined
  }
}
