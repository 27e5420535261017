/** A machine like the CI host's, for one run of its job. */
import { CopseError } from '../../lib/errors.ts'
import type { DesiredHost } from '../../model/desired.ts'
import type { Transport } from '../../transports/transport.ts'
import { ensureImages, recipeFor } from '../golden.ts'
import { bindAll } from '../plan-host.ts'
import type { Session } from '../session.ts'
import { equip, workbench } from '../workbench.ts'

/** What it is called; whatever an earlier one of that name left goes before it is made. */
export const machineName = 'ci-run'

/** What may leave the CI host may leave this machine, and nothing else: it has the same rules. */
const rulesId = 'file /etc/copse/firewall.nft'

/** Destroyed when it is disposed. */
export interface Throwaway extends AsyncDisposable {
  readonly transport: Transport
}

/**
 * It lacks what only the CI host is given: secrets, data, and a place in the definition. Not for two runs at once, which the
 * environment's lock sees to.
 */
export async function throwaway(session: Session, desired: DesiredHost, run: number): Promise<Throwaway> {
  const { provider, providerContext, context } = session
  const { debian, limits } = desired.host
  const host = workbench(session.desired.environment, { name: machineName, debian, limits })
  const recipe = recipeFor(desired)
  if (!host || !recipe)
    throw new CopseError('failed', `there is no address left for ${machineName} in the subnet`)
  context.emit({ event: 'phase', phase: 'prepare', hosts: [] })
  await provider.prepare(providerContext)
  const images = await ensureImages(session, [desired], run)
  context.emit({ event: 'phase', phase: 'create', hosts: [] })
  // Ends also what was interrupted, which this run's own signal would not let.
  const destroy = () =>
    provider.destroy({ ...providerContext, signal: AbortSignal.timeout(60_000) }, machineName)
  await destroy()
  await using stack = new AsyncDisposableStack()
  stack.defer(destroy)
  await provider.create(providerContext, host, images.get(desired.host.name))
  const transport = stack.use(await session.connect(host))
  const rules = bindAll(desired.resources).filter(({ id }) => id === rulesId)
  await equip(session, transport, { host, wanted: [...recipe.resources, ...rules], run })
  const kept = stack.move()
  return { transport, [Symbol.asyncDispose]: () => kept.disposeAsync() }
}
