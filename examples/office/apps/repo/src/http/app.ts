/** The content repository as something that answers requests. */
import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { DatabaseAway } from '../database/database.ts'
import type { ModuleStore } from '../modules/store.ts'
import { health } from '../service/health.ts'
import { observed, type Surroundings } from '../service/observe.ts'
import { parseIfMatch } from './if-match.ts'
import { openApi } from './openapi.ts'
import type { Operation } from './operation.ts'
import { operations } from './operations.ts'
import { Problem, problemResponse } from './problem.ts'

/** The most that a body may have, in bytes. */
export const bodyBytes = 1_000_000

/** `trouble` says why the database cannot be used, if so. */
export function repoApp(
  modules: ModuleStore,
  surroundings: Surroundings,
  trouble: () => Promise<string | undefined>,
): Hono {
  const app = new Hono()
  const description = openApi(operations)
  app.use(observed(surroundings))
  app.use(bodyLimit({ maxSize: bodyBytes, onError: tooLarge }))
  app.get('/healthz', health(surroundings, trouble))
  app.get('/openapi.json', (context) => context.json(description))
  for (const operation of operations)
    app.on(operation.method.toUpperCase(), operation.path.replaceAll(/\{(\w+)\}/g, ':$1'), (context) =>
      respond(context, operation, modules),
    )
  app.notFound(() => problemResponse(new Problem(404, 'There is nothing here.')))
  app.onError((error, { req }) => problemResponse(problemOf(error, surroundings, req.path)))
  return app
}

function tooLarge(): Response {
  return problemResponse(new Problem(413, `A body may have ${bodyBytes} bytes at most.`))
}

async function respond(context: Context, operation: Operation, modules: ModuleStore): Promise<Response> {
  const { body, headers } = await operation.answer(modules, {
    path: context.req.param(),
    query: Object.fromEntries(new URL(context.req.url).searchParams),
    body: operation.schemas.body ? await readJson(context) : undefined,
    expected: operation.isConditional ? parseIfMatch(context.req.header('if-match')) : null,
  })
  const { status } = operation.success
  // What is true now need not be when it is asked for again.
  const all = { 'cache-control': 'no-store', ...headers }
  return status === 204 ? context.body(null, status, all) : context.json(body, status, all)
}

async function readJson(context: Context): Promise<unknown> {
  const type = context.req.header('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/json') throw new Problem(415, 'Send the body as application/json.')
  const text = await context.req.text()
  try {
    return JSON.parse(text)
  } catch {
    throw new Problem(400, 'The body is not JSON.')
  }
}

/** Anything unknown is our fault, of which the log tells and the answer does not. */
function problemOf(error: Error, { log }: Surroundings, path: string): Problem {
  if (error instanceof Problem) return error
  if (error instanceof DatabaseAway) {
    log({ event: 'database away', path, error: String(error.cause) })
    return new Problem(503, 'The database does not answer. Try again in a moment.')
  }
  log({ event: 'fault', path, error: error.stack })
  return new Problem(500, 'Something went wrong here.')
}
