/** `copse deploy ENV APP`: builds an app, and rolls its new release out. */
import { deploy, onlyReleaseOf } from '../../engine/apps/deploy.ts'
import { appNamed } from '../app-named.ts'
import { changeOptions } from '../change-options.ts'
import { defineCommand } from '../command.ts'
import { withEnvironment } from '../environment.ts'
import { type ChangeFlags, changeFlags, type SessionFlags, sessionFlags } from '../flags.ts'
import { showDeploy } from '../show-deploy.ts'

interface DeployFlags extends ChangeFlags, SessionFlags {
  readonly ref?: string
}

export const command = defineCommand<DeployFlags>({
  words: ['ENV', 'APP'],
  flags: [
    { flags: '--ref <REF>', description: 'this branch, tag or commit; default: as the config says' },
    ...sessionFlags,
    ...changeFlags,
  ],
  more: `Examples:
  copse deploy dev www               the folder as it is
  copse deploy dev www --ref v1.2    what git has under that name
It is built once; then each host fetches it, is drained, starts it, and gets requests again when it is well. Where one is
not, all go back to the release before. Exit codes: 1 the release did not take over.`,
  run: (invocation) =>
    withEnvironment(
      invocation,
      async (opened) => {
        const { environment } = opened.session.desired
        const app = appNamed(invocation, environment)
        const { ref = app.source.ref } = invocation.flags
        const report = await deploy(opened.session, {
          ...changeOptions(invocation, opened),
          app: { ...app, source: { ...app.source, ref } },
        })
        return showDeploy(invocation, environment, report)
      },
      { only: onlyReleaseOf(invocation.words[1] ?? '') },
    ),
})
