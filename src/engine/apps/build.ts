/** Placeholder until the builder is merged. */
import type { App } from '../../model/app.ts'
import type { Session } from '../session.ts'
export interface Built {
  readonly artifact: string
  readonly commit: string
  readonly isKnown: boolean
}
export interface BuildOptions {
  readonly signal: AbortSignal
  onLine(line: string): void
  readonly runTests?: boolean
}
export async function buildApp(_session: Session, _app: App, _options: BuildOptions): Promise<Built> {
  throw new Error('no builder')
}
