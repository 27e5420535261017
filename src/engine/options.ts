/** What commands that change an environment are told. */
import type { Plan } from './plan-types.ts'

export interface ChangeOptions {
  /** By name; every host of the environment for a whole run. */
  readonly hosts: readonly string[]
  /** Asked once when there is something to change. */
  consent(plan: Plan): Promise<boolean>
  /** Make machines from the base system alone, without golden images. */
  readonly isCold?: boolean | undefined
  /** Make every machine anew, also one that is as wanted. */
  readonly isAnew?: boolean | undefined
  /** How long to wait for another run to end. */
  readonly lockTimeoutMs: number
  /** What the operator typed, for the journal and the lock. */
  readonly command: string
}
