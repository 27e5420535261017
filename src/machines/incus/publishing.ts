/** What a box publishes of an environment, as the engine of copse asks for it. */
import { CopseError } from '../../lib/errors.ts'
import type { ProviderContext, Publishing } from '../provider.ts'
import type { BoxContext } from './box.ts'
import { lockBox } from './box-lock.ts'
import { connect } from './client.ts'
import { requireHeld } from './holding.ts'
import { requireRoot } from './prepare.ts'
import { isPublishing, outerAddresses, planPublished, setPublished } from './publish.ts'
import { portOf } from './publish-table.ts'
import { reach } from './reach.ts'

export function publishingAt(at: (context: ProviderContext) => Promise<BoxContext>): Publishing {
  return {
    async plan(context) {
      const there = await at(context)
      return planPublished(await reach(there.box, context.signal), there)
    },
    async set(context, publications) {
      const there = await at(context)
      const { box, environment, signal, progress } = there
      const found = await reach(box, signal)
      if (found.state === 'silent') throw found.trouble
      // Where nothing runs, nothing is published: after a boot the kernel has forgotten all of it.
      const isIdle = found.state === 'down' || !(await isPublishing(found.engine, context))
      if (publications.length === 0 && isIdle) return
      if (found.state === 'down')
        throw new CopseError('failed', 'the container engine does not run', {
          hint: `copse up ${environment.name}`,
        })
      requireRoot(box, `up ${environment.name}`)
      await using _lock = await lockBox(found.engine, signal)
      await requireHeld(connect(found.engine, signal), context)
      const ports = publications.map(portOf).join(', ')
      progress('box', ports === '' ? 'publishes nothing any more' : `publishes ${ports}`)
      await setPublished(found.engine, there, publications)
    },
    addresses: async (context) => outerAddresses((await at(context)).box),
  }
}
