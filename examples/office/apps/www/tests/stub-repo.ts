/** A content repository in memory, which answers as the real one does; real-repo.test.ts holds both to the same story. */
import { randomUUID } from 'node:crypto'
import { type Context, Hono } from 'hono'
import type { Content, Module, Version } from '../src/repo/schemas.ts'

interface Kept {
  readonly id: string
  readonly createdAt: string
  /** The newest last. */
  versions: readonly Version[]
}

type Status = 400 | 404 | 409 | 412

export function stubRepo(): Hono {
  const modules = new Map<string, Kept>()
  const app = new Hono()
  addReading(app, modules)
  addChanging(app, modules)
  return app
}

function addReading(app: Hono, modules: ReadonlyMap<string, Kept>): void {
  app.get('/modules', (context) => {
    const { folder, after } = context.req.query()
    const all = [...modules.values()]
      .map(current)
      .filter((module) => folder === undefined || module.folder === folder)
      .sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1))
      .filter((module) => after === undefined || placeOf(module) > after)
    const items = all.slice(0, 50)
    return context.json({ items, next: all.length > 50 ? placeOf(items.at(-1)) : null })
  })
  app.get('/folders', (context) => {
    const folders = Object.groupBy([...modules.values()].map(current), ({ folder }) => folder)
    const items = Object.entries(folders).map(([folder, inIt = []]) => ({ folder, modules: inIt.length }))
    return context.json({ items })
  })
  app.get('/modules/:id', (context) => {
    const kept = modules.get(context.req.param('id'))
    return kept ? context.json(current(kept)) : problem(context, 404, 'There is no such module.')
  })
  app.get('/modules/:id/versions', (context) => {
    const kept = modules.get(context.req.param('id'))
    if (!kept) return problem(context, 404, 'There is no such module.')
    return context.json({ items: kept.versions.toReversed(), next: null })
  })
  app.get('/modules/:id/versions/:version', (context) => {
    const kept = modules.get(context.req.param('id'))
    const version = kept?.versions[Number(context.req.param('version')) - 1]
    return version ? context.json(version) : problem(context, 404, 'There is no such version.')
  })
}

function addChanging(app: Hono, modules: Map<string, Kept>): void {
  const isTaken = (content: Content, but?: string) =>
    [...modules.values()].some((kept) => kept.id !== but && placeOf(current(kept)) === placeOf(content))
  /** Adds a version, or says why not. */
  const write = (context: Context, content: Content, restoredFrom: number | null, id?: string) => {
    if (!/^[^\s].{0,119}$/u.test(content.name))
      return problem(context, 400, 'Some of the values that were sent are not right.', 'body.name')
    if (isTaken(content, id)) return problem(context, 409, 'Another module of this folder has this name.')
    const madeAt = new Date().toISOString()
    const kept = modules.get(id ?? '') ?? { id: randomUUID(), createdAt: madeAt, versions: [] }
    const version = { ...content, version: kept.versions.length + 1, madeAt, restoredFrom }
    modules.set(kept.id, { ...kept, versions: [...kept.versions, version] })
    return context.json(current(modules.get(kept.id)), id === undefined ? 201 : 200)
  }
  /** Goes on when the module is there and at the version that was changed. */
  const matched = async (context: Context, work: (kept: Kept) => Promise<Response> | Response) => {
    const kept = modules.get(context.req.param('id') ?? '')
    if (!kept) return problem(context, 404, 'There is no such module.')
    const isMatched = context.req.header('if-match') === `"${kept.versions.length}"`
    return isMatched ? work(kept) : problem(context, 412, 'The module has changed.')
  }
  app.post('/modules', async (context) => write(context, await context.req.json(), null))
  app.put('/modules/:id', (context) =>
    matched(context, async ({ id }) => write(context, await context.req.json(), null, id)),
  )
  app.delete('/modules/:id', (context) =>
    matched(context, ({ id }) => {
      modules.delete(id)
      return context.body(null, 204)
    }),
  )
  app.post('/modules/:id/versions/:version/restore', (context) =>
    matched(context, ({ id, versions }) => {
      const number = Number(context.req.param('version'))
      const old = versions[number - 1]
      if (!old) return problem(context, 404, 'There is no such version.')
      const { folder, name, body } = old
      return write(context, { folder, name, body }, number, id)
    }),
  )
}

function current(kept: Kept | undefined): Module {
  const newest = kept?.versions.at(-1)
  if (!kept || !newest) throw new Error('every module has a version')
  const { folder, name, body, version, madeAt } = newest
  return { id: kept.id, folder, name, body, version, createdAt: kept.createdAt, updatedAt: madeAt }
}

function placeOf(place: Pick<Content, 'folder' | 'name'> | undefined): string {
  return `${place?.folder}\t${place?.name}`
}

function problem(context: Context, status: Status, detail: string, path?: string): Response {
  const errors = path === undefined ? {} : { errors: [{ path, message: 'is not right' }] }
  const body = { type: 'about:blank', title: 'Problem', status, detail, ...errors }
  return context.json(body, status, { 'content-type': 'application/problem+json' })
}
