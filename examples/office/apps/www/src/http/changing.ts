/** What forms do: each leads on to a page when it was done, and shows itself again with what was written when it was not. */
import type { Context, Hono } from 'hono'
import { z } from 'zod'
import { conflictPage, type Draft, formPage, type Refusal } from '../pages/form.ts'
import { versionPage } from '../pages/history.ts'
import { deletePage } from '../pages/module.ts'
import { RepoAway, RepoProblem } from '../repo/client.ts'
import type { Content, Module } from '../repo/schemas.ts'
import { idOf, modulePath, versionOf, versionPath } from './reading.ts'
import { after, type Site, show } from './show.ts'

/** A form that none of our pages sends. */
export class Malformed extends Error {
  override readonly name = 'Malformed'
}

const writing = z.object({
  folder: z.string().trim(),
  name: z.string().trim(),
  // Browsers send lines of a text ended as on a teleprinter.
  body: z.string().transform((text) => text.replaceAll('\r\n', '\n')),
})
const change = z.object({ from: z.coerce.number().int().min(1) })

export function addChanging(app: Hono, site: Site): void {
  const { repo } = site
  app.post('/modules', async (context) => {
    const draft = await read(context, writing)
    return saveOr(context, site, draft, async () => {
      const { id } = await repo.create(draft)
      return after(context, 'created', `/modules/${id}`)
    })
  })
  app.post(modulePath, async (context) => {
    const { from, ...content } = await read(context, writing.extend(change.shape))
    const id = idOf(context)
    return saveOr(context, site, { ...content, of: { id, version: from } }, async () => {
      await repo.update(id, from, content)
      return after(context, 'saved', `/modules/${id}`)
    })
  })
  app.post(`${modulePath}/delete`, async (context) => {
    const { from } = await read(context, change)
    const id = idOf(context)
    return unlessChanged(
      async () => {
        await repo.delete(id, from)
        return after(context, 'deleted', '/')
      },
      async () => {
        const page = deletePage(await repo.read(id), 'Not deleted: the module has changed meanwhile.')
        return show(context, site, page, 409)
      },
    )
  })
  app.post(`${versionPath}/restore`, async (context) => {
    const { from } = await read(context, change)
    const id = idOf(context)
    const restore = async () => {
      await repo.restore(id, from, versionOf(context))
      return after(context, 'restored', `/modules/${id}`)
    }
    return unlessChanged(restore, async ({ status }) => {
      const [module, old] = await Promise.all([repo.read(id), repo.version(id, versionOf(context))])
      const why = status === 412 ? 'the module has changed meanwhile' : 'its name is taken in its folder'
      return show(context, site, versionPage(module, old, `Not restored: ${why}.`), 409)
    })
  })
}

/** Throws Malformed. */
async function read<Form>(context: Context, schema: z.ZodType<Form>): Promise<Form> {
  const parsed = schema.safeParse(await context.req.parseBody().catch(() => undefined))
  if (parsed.success) return parsed.data
  throw new Malformed('it is not a form of ours')
}

async function unlessChanged(
  work: () => Promise<Response>,
  changed: (problem: RepoProblem) => Promise<Response>,
): Promise<Response> {
  return work().catch((error: unknown) => {
    if (error instanceof RepoProblem && (error.status === 412 || error.status === 409)) return changed(error)
    throw error
  })
}

/** What was written is shown again, whatever went wrong. */
async function saveOr(
  context: Context,
  site: Site,
  draft: Draft,
  save: () => Promise<Response>,
): Promise<Response> {
  try {
    return await save()
  } catch (error) {
    if (error instanceof RepoAway)
      return show(context, site, formPage(draft, { alert: `${notSaved} ${tryAgain}` }), 503)
    if (!(error instanceof RepoProblem)) throw error
    if (error.status === 412 && draft.of) return resolve(context, site, draft, draft.of.id)
    if (error.status === 404) return show(context, site, formPage({ ...draft, of: undefined }, gone), 409)
    return show(context, site, formPage(draft, refusalOf(error)), error.status === 409 ? 409 : 422)
  }
}

const notSaved = 'Your text is not saved yet.'
const tryAgain = 'The content repository does not answer at the moment; save again in a little while.'
const gone: Refusal = {
  alert: `${notSaved} Somebody deleted the module while you were writing; saving makes a new one.`,
}

/** Somebody else was first, unless it was we: an answer may have been lost on the way. */
async function resolve(context: Context, site: Site, draft: Draft, id: string): Promise<Response> {
  try {
    const theirs = await site.repo.read(id)
    if (isSame(draft, theirs)) return after(context, 'saved', `/modules/${id}`)
    return show(context, site, conflictPage(draft, theirs), 409)
  } catch (error) {
    if (error instanceof RepoAway)
      return show(context, site, formPage(draft, { alert: `${notSaved} ${tryAgain}` }), 503)
    if (error instanceof RepoProblem && error.status === 404)
      return show(context, site, formPage({ ...draft, of: undefined }, gone), 409)
    throw error
  }
}

function isSame(draft: Content, { folder, name, body }: Module): boolean {
  return draft.folder === folder && draft.name === name && draft.body === body
}

function refusalOf({ status, message, errors }: RepoProblem): Refusal {
  const fields = Object.fromEntries(errors.map(({ path, message }) => [path.replace(/^body\./, ''), message]))
  return { alert: `${notSaved} ${message}`, fields: status === 409 ? { name: message } : fields }
}
