/** `copse images ENV [prune]`: the golden images that machines are copied from. */
import { prune } from '../../engine/images.ts'
import { CopseError } from '../../lib/errors.ts'
import { defineCommand } from '../command.ts'
import { withEnvironment } from '../environment.ts'
import { type ChangeFlags, changeFlags, type SessionFlags, sessionFlags } from '../flags.ts'
import { renderImages } from '../render-images.ts'
import { printDocument } from '../schemas.ts'

interface ImagesFlags extends ChangeFlags, SessionFlags {
  readonly all: boolean
}

export const command = defineCommand<ImagesFlags>({
  words: ['ENV', '[prune]'],
  flags: [
    ...changeFlags,
    ...sessionFlags,
    { flags: '--all', description: 'prune the fresh ones too; the next up makes them again', initial: false },
  ],
  more: `An image holds what several machines have in common: packages and settings, no name, address or key of any.
It is made by the first up that needs it, used for a week, and shared by the environments of a box.`,
  run: (invocation) =>
    withEnvironment(invocation, async ({ session }) => {
      const { screen, flags, typed, words } = invocation
      const verb = words[1] ?? 'list'
      if (verb !== 'list' && verb !== 'prune')
        throw new CopseError('usage', `copse images cannot ${verb}`, {
          hint: `copse images ${words[0]} prune`,
        })
      const { environment } = session.desired
      const images =
        verb === 'list'
          ? ((await session.provider.images?.list(session.providerContext)) ?? [])
          : await prune(session, { isAll: flags.all, lockTimeoutMs: flags.lockTimeout, command: typed })
      if (flags.json) printDocument(screen, 'images', { environment: environment.name, images: [...images] })
      else screen.print(renderImages(images, { verb, now: new Date(), paint: screen.paint }))
      return 0
    }),
})
