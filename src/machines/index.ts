/** The machine providers. A new one is a file and a line here. */
import { CopseError } from '../lib/errors.ts'
import type { ProviderSpec } from '../model/provider.ts'
import { existingProvider } from './existing.ts'
import type { MachineProvider } from './provider.ts'

/** The provider that an environment's `machines` names. */
export function providerFor(spec: ProviderSpec): MachineProvider {
  if (spec.provider === 'existing') return existingProvider(spec)
  throw new CopseError('config', `no machine provider is called '${spec.provider}'`)
}
