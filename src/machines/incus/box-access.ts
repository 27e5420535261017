/** The box that an environment names, opened when it is first needed and closed once. */
import type { IncusSpec } from '../../model/provider.ts'
import type { JumpHost } from '../../transports/transport.ts'
import type { ProviderContext } from '../provider.ts'
import type { BoxContext } from './box.ts'
import { localBox } from './local-box.ts'
import { openSshBox, type SshBox } from './ssh-box.ts'

export interface BoxAccess extends AsyncDisposable {
  /** As `ssh` takes it; undefined for this machine. */
  readonly destination: string | undefined
  /** A call with its box. Throws CopseError where that cannot be reached. */
  at(context: ProviderContext): Promise<BoxContext>
  /** Absent where hosts are reached from here. */
  readonly jump?: (context: ProviderContext) => Promise<JumpHost>
}

export function accessTo({ box }: IncusSpec): BoxAccess {
  if (box === 'local')
    return {
      destination: undefined,
      at: async (context) => ({ ...context, box: localBox }),
      [Symbol.asyncDispose]: async () => undefined,
    }
  let opened: Promise<SshBox> | undefined
  const open = ({ signal }: ProviderContext) => {
    opened ??= openSshBox(box.ssh, signal)
    return opened
  }
  return {
    destination: box.ssh,
    at: async (context) => ({ ...context, box: await open(context) }),
    jump: async (context) => (await open(context)).jump,
    async [Symbol.asyncDispose]() {
      await (await opened?.catch(() => undefined))?.[Symbol.asyncDispose]()
    },
  }
}
