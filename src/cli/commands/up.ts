/** `copse up ENV`: plan, confirm where needed, apply, verify. */
import { dial, up } from '../../engine/up.ts'
import { changeOptions } from '../change-options.ts'
import { defineCommand } from '../command.ts'
import { withEnvironment } from '../environment.ts'
import { type RunFlags, runFlags } from '../flags.ts'
import { showReport } from '../show-report.ts'

export const command = defineCommand<RunFlags>({
  words: ['ENV'],
  flags: runFlags,
  more: `Examples:
  copse up dev            everything
  copse up dev -l web     only the web hosts
It asks nothing unless the environment is protected. To run it again is always safe: it goes on where it was.`,
  run: (invocation) =>
    withEnvironment(
      invocation,
      async (opened) =>
        showReport(invocation, opened, await up(opened.session, changeOptions(invocation, opened))),
      { getReady: ({ session, hosts }) => dial(session, hosts) },
    ),
})
