/** The machine providers. A new one is a file and a line here. */
import type { ProviderSpec } from '../model/provider.ts'
import { existingProvider } from './existing.ts'
import { incusProvider } from './incus/provider.ts'
import type { MachineProvider } from './provider.ts'

/** The provider that an environment's `machines` names. */
export function providerFor(spec: ProviderSpec): MachineProvider {
  switch (spec.provider) {
    case 'existing':
      return existingProvider(spec)
    case 'incus':
      return incusProvider(spec)
  }
}
