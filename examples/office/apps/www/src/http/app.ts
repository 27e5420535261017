/** The web front as something that answers requests. */
import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { type Assets, assetUrls } from '../assets/manifest.ts'
import { serveAssets } from '../assets/serve.ts'
import * as pages from '../pages/error.ts'
import { type Repo, RepoAway, RepoProblem } from '../repo/client.ts'
import { health } from '../service/health.ts'
import { observed, type Surroundings } from '../service/observe.ts'
import { addChanging, Malformed } from './changing.ts'
import { addReading } from './reading.ts'
import { isSameOrigin } from './same-origin.ts'
import { securityHeaders } from './security-headers.ts'
import { type Site, show } from './show.ts'

/** The most that a form may have, in bytes. */
export const bodyBytes = 1_000_000

/** `assetsUrl`: where another server has the assets. Default: this app serves them. */
export function wwwApp(
  repo: Repo,
  surroundings: Surroundings,
  { assets, assetsUrl }: { readonly assets: Assets; readonly assetsUrl?: string | undefined },
): Hono {
  const urls = assetUrls(assets.manifest, assetsUrl ?? '/assets')
  const site: Site = { repo, urls }
  const app = new Hono()
  app.use(observed(surroundings))
  app.use(securityHeaders(urls))
  // Not that of the repository: without it there still are pages, which say so better than a balancer can.
  app.get('/healthz', health(surroundings))
  const absent = (context: Context) => show(context, site, pages.absentPage, 404)
  if (assetsUrl === undefined) app.get('/assets/:name', serveAssets(assets, absent))
  app.post('*', async (context, next) =>
    isSameOrigin(provenanceOf(context)) ? next() : show(context, site, pages.foreignPage, 403),
  )
  app.use(
    bodyLimit({
      maxSize: bodyBytes,
      onError: async (context) => show(context, site, pages.tooLargePage, 413),
    }),
  )
  addReading(app, site)
  addChanging(app, site)
  app.notFound(absent)
  app.onError((error, context) => showTrouble(context, site, error, surroundings))
  return app
}

function provenanceOf({ req }: Context) {
  return {
    secFetchSite: req.header('sec-fetch-site'),
    origin: req.header('origin'),
    host: req.header('host'),
  }
}

function showTrouble(context: Context, site: Site, error: Error, { log }: Surroundings) {
  const { path } = context.req
  if (error instanceof Malformed) return show(context, site, pages.malformedPage, 400)
  // It refuses what an address of ours asked for: a folder or a page of a list that cannot be.
  if (error instanceof RepoProblem) return show(context, site, pages.absentPage, 404)
  if (error instanceof RepoAway) {
    log({ event: 'repo away', path, error: `${error.message}: ${String(error.cause)}` })
    return show(context, site, pages.awayPage, 503)
  }
  log({ event: 'fault', path, error: error.stack })
  return show(context, site, pages.faultPage, 500)
}
