/** Golden images that nobody needs any more. */
import type { Image } from '../machines/provider.ts'
import type { ChangeOptions } from './options.ts'
import { asRun } from './run.ts'
import type { Session } from './session.ts'

export interface PruneOptions extends Pick<ChangeOptions, 'lockTimeoutMs' | 'command'> {
  /** Also those that are still fresh. */
  readonly isAll: boolean
}

/** Removes them and answers with what was removed. */
export async function prune(session: Session, options: PruneOptions): Promise<readonly Image[]> {
  const { provider, providerContext } = session
  const removed: Image[] = []
  await asRun(session, options, async () => {
    const images = (await provider.images?.list(providerContext)) ?? []
    for (const image of images.filter(({ isFresh }) => options.isAll || !isFresh)) {
      await provider.images?.remove(providerContext, image.id)
      removed.push(image)
    }
    return { outcomes: [], verdicts: [] }
  })
  return removed
}
