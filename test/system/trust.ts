/** Makes this process trust an environment's own authority too, as `fetch` then does. */
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import type { World } from './office/world.ts'

export async function trust(world: World): Promise<void> {
  const { code, stdout, stderr } = await world.copse('ca', 'dev', 'export')
  if (code !== 0) throw new Error(stderr)
  setDefaultCACertificates([...getCACertificates('default'), stdout])
}
