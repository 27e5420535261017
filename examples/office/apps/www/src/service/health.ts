/** `/healthz`, by which a balancer knows whether to send a service requests. */
import type { Handler } from 'hono'
import type { Surroundings } from './observe.ts'

/** 200 while it can serve; 503 as soon as it drains, or when `trouble` gives a reason. */
export function health(
  { name, release, drain }: Surroundings,
  trouble: () => Promise<string | undefined> = async () => undefined,
): Handler {
  return async (context) => {
    const reason = drain.isDraining ? 'draining' : await trouble()
    const body = { status: reason === undefined ? 'ok' : 'unavailable', service: name, release, reason }
    return context.json(body, reason === undefined ? 200 : 503, { 'cache-control': 'no-store' })
  }
}
