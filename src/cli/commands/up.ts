/** `copse up ENV`: plan, confirm where needed, apply, verify. */
import { loadConfig } from '../../config/load.ts'
import { stillBehind, versionsOf, withVersions } from '../../engine/parity/versions.ts'
import { troubleOf } from '../../engine/report.ts'
import { openSession } from '../../engine/session.ts'
import { dial, up } from '../../engine/up.ts'
import { CopseError } from '../../lib/errors.ts'
import { changeOptions } from '../change-options.ts'
import { defineCommand, type Invocation } from '../command.ts'
import { type Opened, withEnvironment } from '../environment.ts'
import { type RunFlags, runFlags } from '../flags.ts'
import { showReport } from '../show-report.ts'

interface UpFlags extends RunFlags {
  readonly versionsOf?: string
}

type Asked = Invocation<UpFlags>

export const command = defineCommand<UpFlags>({
  words: ['ENV'],
  flags: [
    ...runFlags,
    {
      flags: '--versions-of <ENV>',
      description: 'install packages in the versions that ENV has, where a mirror still has them',
    },
  ],
  more: `Examples:
  copse up dev                           everything
  copse up dev -l web                    only the web hosts
  copse up staging --versions-of prod    with the package versions of prod, as long as nobody upgrades
It asks nothing unless the environment is protected. To run it again is always safe: it goes on where it was.`,
  run: (invocation) =>
    withEnvironment(
      invocation,
      async (opened) => {
        const { versionsOf: from } = invocation.flags
        if (from !== undefined) return upLike(invocation, opened, from)
        return showReport(invocation, opened, await up(opened.session, changeOptions(invocation, opened)))
      },
      { getReady: ({ session, hosts }) => dial(session, hosts) },
    ),
})

/** What no mirror has any more is told at the end. */
async function upLike(invocation: Asked, { session, hosts }: Opened, from: string): Promise<number> {
  const { screen, signal, flags } = invocation
  const { file, environment } = session.desired
  if (from === environment.name)
    throw new CopseError('usage', `--versions-of needs another environment than ${from}`)
  const other = await loadConfig(file, from, { signal })
  await using model = openSession(other, { signal, parallel: flags.parallel, emit: () => undefined })
  const versions = await versionsOf(model, session.desired)
  const opened = { hosts, session: { ...session, desired: withVersions(session.desired, from, versions) } }
  const options = changeOptions(invocation, opened)
  const first = await up(opened.session, options)
  // Other packages may be what something else waited for, such as the tables of a database.
  const report = troubleOf(first) ? await up(opened.session, options) : first
  const code = await showReport(invocation, opened, report)
  for (const { host, name, here, wanted, isGone } of await stillBehind(session, versions))
    screen.note(
      `${host}: ${name} is ${here}, ${wanted} in ${from}${isGone ? '; no mirror of the host has that' : ''}\n`,
    )
  return code
}
