/** Which engine of a box answers. Changes nothing. */
import { Server } from './api.ts'
import type { Box } from './box.ts'
import { connect } from './client.ts'
import { candidates, type Engine } from './engine.ts'
import { NoAnswer } from './exchange.ts'

/** `down`: no candidate has anybody listening; `silent`: one does, and does not answer us. */
export type Reach =
  | { readonly state: 'answers'; readonly engine: Engine; readonly version: string }
  | { readonly state: 'silent'; readonly engine: Engine; readonly trouble: NoAnswer }
  | { readonly state: 'down'; readonly engines: readonly Engine[] }

/** The first engine that answers, else why not. */
export async function reach(box: Box, signal: AbortSignal): Promise<Reach> {
  const engines = candidates(box)
  let silent: Reach | undefined
  for (const engine of engines) {
    const found = await reachOne(engine, signal)
    if (found?.state === 'answers') return found
    silent ??= found
  }
  return silent ?? { state: 'down', engines }
}

async function reachOne(engine: Engine, signal: AbortSignal): Promise<Reach | undefined> {
  try {
    const server = await connect(engine, signal).read('/1.0', Server)
    return { state: 'answers', engine, version: server?.environment.server_version ?? 'unknown' }
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error
    return error.reason === 'down' ? undefined : { state: 'silent', engine, trouble: error }
  }
}
