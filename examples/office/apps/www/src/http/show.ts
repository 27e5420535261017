/** How a page becomes an answer. */
import type { Context } from 'hono'
import type { AssetUrls } from '../assets/manifest.ts'
import { documentOf, type Page } from '../pages/page.ts'
import type { Repo } from '../repo/client.ts'

type Status = 200 | 400 | 403 | 404 | 409 | 413 | 422 | 500 | 503

/** What every route has. */
export interface Site {
  readonly repo: Repo
  readonly urls: AssetUrls
}

export function show(context: Context, { urls }: Pick<Site, 'urls'>, page: Page, status: Status = 200) {
  if (status === 503) context.header('retry-after', '5')
  return context.html(documentOf(page, urls), status)
}

const done = {
  created: 'The module is created.',
  saved: 'The module is saved.',
  restored: 'The old version is restored as the newest one.',
  deleted: 'The module is deleted.',
} as const

/** Leads on to a page that says what was done, so that loading it again does not do it again. */
export function after(context: Context, what: keyof typeof done, path: string) {
  return context.redirect(`${path}?done=${what}`, 303)
}

/** What the page says that somebody was led to. */
export function doneOf(context: Context): string | undefined {
  const asked = context.req.query('done')
  return Object.entries(done).find(([what]) => what === asked)?.[1]
}
