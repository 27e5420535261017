/** Pages that only show. */
import type { Context, Hono } from 'hono'
import { formPage } from '../pages/form.ts'
import { historyPage, versionPage } from '../pages/history.ts'
import { listPage } from '../pages/list.ts'
import { deletePage, modulePage } from '../pages/module.ts'
import { doneOf, type Site, show } from './show.ts'

/** The path of a module; anything that is no identity is simply not there. */
export const modulePath = '/modules/:id{[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}}'
export const versionPath = `${modulePath}/versions/:version{[1-9][0-9]{0,8}}`

export const idOf = (context: Context) => context.req.param('id') ?? ''
export const versionOf = (context: Context) => Number(context.req.param('version'))

export function addReading(app: Hono, site: Site): void {
  const { repo } = site
  app.get('/', async (context) => {
    const { folder, after } = context.req.query()
    const [modules, folders] = await Promise.all([repo.list({ folder, after }), repo.folders()])
    return show(context, site, listPage({ folder, folders, modules, done: doneOf(context) }))
  })
  app.get('/modules/new', (context) =>
    show(context, site, formPage({ folder: context.req.query('folder') ?? '', name: '', body: '' })),
  )
  app.get(modulePath, async (context) =>
    show(context, site, modulePage(await repo.read(idOf(context)), doneOf(context))),
  )
  app.get(`${modulePath}/edit`, async (context) => {
    const module = await repo.read(idOf(context))
    return show(context, site, formPage({ ...module, of: module }))
  })
  app.get(`${modulePath}/delete`, async (context) =>
    show(context, site, deletePage(await repo.read(idOf(context)))),
  )
  app.get(`${modulePath}/history`, async (context) => {
    const id = idOf(context)
    const before = context.req.query('before')
    const number = before !== undefined && /^[1-9]\d{0,8}$/.test(before) ? Number(before) : undefined
    const [module, versions] = await Promise.all([repo.read(id), repo.versions(id, number)])
    return show(context, site, historyPage(module, versions))
  })
  app.get(versionPath, async (context) => {
    const id = idOf(context)
    const [module, old] = await Promise.all([repo.read(id), repo.version(id, versionOf(context))])
    return show(context, site, versionPage(module, old))
  })
}
