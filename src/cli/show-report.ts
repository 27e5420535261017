/** Shows how a run ended: what `up`, `apply` and `rebuild` share. */
import { troubleOf, type UpReport } from '../engine/report.ts'
import { exitCodes } from '../lib/errors.ts'
import type { Invocation } from './command.ts'
import { upDocument } from './documents.ts'
import type { Opened } from './environment.ts'
import { renderReport } from './render-report.ts'
import { printDocument } from './schemas.ts'
import { renewKnownHosts } from './ssh-links.ts'

/** Returns the exit code, and keeps what `ssh-config` printed true for machines that were made anew. Times count from the start of the process: that is what the operator waited. */
export async function showReport(
  { flags, screen }: Invocation,
  { session, hosts }: Opened,
  report: UpReport,
): Promise<number> {
  await renewKnownHosts(session)
  const { environment } = session.desired
  const ms = performance.now()
  if (flags.json) printDocument(screen, 'up', upDocument(environment, report, ms))
  else screen.print(renderReport(report, { environment, hosts, ms, paint: screen.paint }))
  const trouble = troubleOf(report)
  return trouble ? exitCodes[trouble] : 0
}
