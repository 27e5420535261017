/** Two environments as a command's first words. */
import { resolve } from 'node:path'
import { environmentNames, findConfig } from '../config/load.ts'
import { CopseError } from '../lib/errors.ts'
import type { Invocation } from './command.ts'

/** Throws CopseError `usage` where there are not two; that the first one is missing is told where it is opened. */
export async function checkPair({ command, words, flags }: Invocation): Promise<void> {
  const [first, second] = words
  if (first === undefined || (second !== undefined && second !== first)) return
  const names = await environmentNames(findConfig(resolve(flags.directory)))
  const other = names.find((name) => name !== first)
  throw new CopseError(
    'usage',
    second === undefined ? `copse ${command} needs a second environment` : `${first} is as it is`,
    { hint: `environments: ${names.join(' ')}; for example: copse ${command} ${first} ${other ?? 'ENV'}` },
  )
}
