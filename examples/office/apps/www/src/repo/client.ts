/** The content repository, as the web front uses it over HTTP. */
import type { z } from 'zod'
import { queryOf } from '../query.ts'
import * as schemas from './schemas.ts'

/** Throws RepoAway, or RepoProblem when the repository refuses. */
export interface Repo {
  list(query: { folder?: string | undefined; after?: string | undefined }): Promise<schemas.ModuleList>
  folders(): Promise<schemas.FolderList>
  read(id: string): Promise<schemas.Module>
  versions(id: string, before?: number): Promise<schemas.VersionList>
  version(id: string, version: number): Promise<schemas.Version>
  create(content: schemas.Content): Promise<schemas.Module>
  /** `from`, here and below: the version that was changed. */
  update(id: string, from: number, content: schemas.Content): Promise<schemas.Module>
  restore(id: string, from: number, version: number): Promise<schemas.Module>
  delete(id: string, from: number): Promise<void>
}

/** Nobody answers there, or not in time, or not what a repository answers. */
export class RepoAway extends Error {
  override readonly name = 'RepoAway'
}

/** It refused; `errors` are what is wrong with values, by path such as `body.name`. */
export class RepoProblem extends Error {
  override readonly name = 'RepoProblem'
  readonly status: number
  readonly errors: readonly { readonly path: string; readonly message: string }[]

  constructor(status: number, { detail, errors = [] }: z.output<typeof schemas.problem>) {
    super(detail)
    this.status = status
    this.errors = errors
  }
}

interface Request {
  readonly method?: 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly body?: unknown
  readonly from?: number
}

/** How long the repository may take for one answer, in milliseconds: longer than it waits for its database. */
const answerMs = 12_000

export function repoAt(url: string, timeoutMs = answerMs): Repo {
  const base = url.replace(/\/+$/, '')
  const ask = async (request: Request) => {
    const response = await send(base, request, timeoutMs)
    const text = await response.text().catch(away)
    if (response.ok) return text
    if (response.status >= 500) throw new RepoAway(`the repository answers ${response.status}`)
    throw new RepoProblem(response.status, parse(schemas.problem, text))
  }
  const read = async <Answer>(schema: z.ZodType<Answer>, request: Request) =>
    parse(schema, await ask(request))
  return {
    list: (query) => read(schemas.moduleList, { path: `/modules${queryOf(query)}` }),
    folders: () => read(schemas.folderList, { path: '/folders' }),
    read: (id) => read(schemas.module, { path: `/modules/${id}` }),
    versions: (id, before) =>
      read(schemas.versionList, {
        path: `/modules/${id}/versions${queryOf({ before: before?.toString() })}`,
      }),
    version: (id, version) => read(schemas.version, { path: `/modules/${id}/versions/${version}` }),
    create: (body) => read(schemas.module, { method: 'POST', path: '/modules', body }),
    update: (id, from, body) => read(schemas.module, { method: 'PUT', path: `/modules/${id}`, body, from }),
    restore: (id, from, version) =>
      read(schemas.module, { method: 'POST', path: `/modules/${id}/versions/${version}/restore`, from }),
    delete: async (id, from) => {
      await ask({ method: 'DELETE', path: `/modules/${id}`, from })
    },
  }
}

async function send(base: string, request: Request, timeoutMs: number): Promise<Response> {
  const { method = 'GET', path, body, from } = request
  const once = () =>
    fetch(`${base}${path}`, {
      method,
      headers: {
        accept: 'application/json',
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(from !== undefined && { 'if-match': `"${from}"` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    })
  return once().catch((error: unknown) => {
    // A connection that was kept may be closed by the other side at the moment we use it. What only reads can be asked again.
    const isSafe = method === 'GET' && !(error instanceof DOMException)
    return isSafe ? once().catch(away) : away(error)
  })
}

function parse<Answer>(schema: z.ZodType<Answer>, text: string): Answer {
  try {
    return schema.parse(JSON.parse(text))
  } catch (cause) {
    throw new RepoAway('what answers is not the repository, or not one that this release knows', { cause })
  }
}

function away(cause: unknown): never {
  throw new RepoAway('the repository does not answer', { cause })
}
