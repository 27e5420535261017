/** `copse build ENV APP`: builds an app on the environment's CI host, and rolls nothing out. */
import { buildApp } from '../../engine/apps/build.ts'
import { appNamed } from '../app-named.ts'
import { defineCommand } from '../command.ts'
import { formatDuration } from '../duration.ts'
import { withEnvironment } from '../environment.ts'
import { type SessionFlags, sessionFlags } from '../flags.ts'
import { printDocument } from '../schemas.ts'

interface BuildFlags extends SessionFlags {
  readonly ref?: string
  readonly test: boolean
}

export const command = defineCommand<BuildFlags>({
  words: ['ENV', 'APP'],
  flags: [
    { flags: '--ref <REF>', description: 'this branch, tag or commit; default: as the config says' },
    { flags: '--test', description: "run the app's test too", initial: false },
    ...sessionFlags,
  ],
  more: `Examples:
  copse build dev www           what a deploy would build; a deploy then finds it
  copse build dev www --test    and tests it
The same source makes the same artifact, and is not built twice.`,
  run: (invocation) =>
    withEnvironment(invocation, async ({ session }) => {
      const { screen, flags } = invocation
      const { environment } = session.desired
      const app = appNamed(invocation, environment)
      const source = { ...app.source, ref: flags.ref ?? app.source.ref }
      const built = await buildApp(session, { ...app, source }, { runTests: flags.test })
      const { artifact, commit, bytes, isKnown } = built
      const ms = Math.round(performance.now())
      const about = {
        environment: environment.name,
        app: app.name,
        artifact,
        commit,
        bytes,
        known: isKnown,
        ms,
      }
      if (flags.json) printDocument(screen, 'build', about)
      else
        screen.print(
          `${app.name} (${commit}) is ${isKnown ? 'known' : 'built'}: artifact ${artifact.slice(0, 12)}, ${(bytes / 1e6).toFixed()} MB, ${formatDuration(ms)}\n`,
        )
      return 0
    }),
})
