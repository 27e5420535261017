/** What is told of each request: a line in the log, figures, and headers about the process that answered. */
import type { MiddlewareHandler } from 'hono'
import type { Drain } from './drain.ts'
import type { Log } from './log.ts'
import type { Statsd } from './statsd.ts'

/** What a service's app has besides its own affair. */
export interface Surroundings {
  /** Begins the name of each figure. */
  readonly name: string
  readonly release?: string | undefined
  readonly drain: Drain
  readonly log: Log
  readonly statsd: Statsd
}

/** Goes around everything else of an app. The query is not logged: what somebody typed may be in it. */
export function observed({ name, release, drain, log, statsd }: Surroundings): MiddlewareHandler {
  return async (context, next) => {
    const began = performance.now()
    await next()
    const { status } = context.res
    if (release) context.header('x-release', release)
    // Whoever keeps connections open then finds another process before this one is gone.
    if (drain.isDraining) context.header('connection', 'close')
    const ms = Math.round((performance.now() - began) * 10) / 10
    log({ method: context.req.method, path: context.req.path, status, ms })
    statsd.count(`${name}.requests`)
    if (status >= 500) statsd.count(`${name}.errors`)
    statsd.time(`${name}.latency`, ms)
  }
}
