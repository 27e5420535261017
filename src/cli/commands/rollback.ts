/** `copse rollback ENV APP`: starts a former release of an app again. */
import { onlyReleaseOf, rollback } from '../../engine/apps/deploy.ts'
import { CopseError } from '../../lib/errors.ts'
import { appNamed } from '../app-named.ts'
import { changeOptions } from '../change-options.ts'
import { defineCommand } from '../command.ts'
import { withEnvironment } from '../environment.ts'
import { type ChangeFlags, changeFlags, type SessionFlags, sessionFlags } from '../flags.ts'
import { showDeploy } from '../show-deploy.ts'

interface RollbackFlags extends ChangeFlags, SessionFlags {
  readonly to?: number
}

export const command = defineCommand<RollbackFlags>({
  words: ['ENV', 'APP'],
  flags: [
    {
      flags: '--to <NUMBER>',
      description: 'this release; default: the last good one before',
      parse: releaseNumber,
    },
    ...sessionFlags,
    ...changeFlags,
  ],
  more: `Examples:
  copse rollback dev www           the last good release before the present one
  copse rollback dev www --to 7    release 7
Hosts keep five releases, so nothing else is needed: neither the source, nor CI, nor the store of what was built. A release
comes with its own config; data stays in its present shape.`,
  run: (invocation) =>
    withEnvironment(
      invocation,
      async (opened) => {
        const { environment } = opened.session.desired
        const report = await rollback(opened.session, {
          ...changeOptions(invocation, opened),
          app: appNamed(invocation, environment),
          to: invocation.flags.to,
        })
        return showDeploy(invocation, environment, report)
      },
      { only: onlyReleaseOf(invocation.words[1] ?? '') },
    ),
})

function releaseNumber(value: string): number {
  if (/^[1-9]\d{0,8}$/.test(value)) return Number(value)
  throw new CopseError('usage', `"${value}" is not the number of a release`, {
    hint: 'see: copse releases ENV APP',
  })
}
