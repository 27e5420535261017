/** What `copse init` wrote, and what to type next, as text. Pure. */
import type { z } from 'zod'
import type { documents } from './schemas.ts'

/** Ends with the commands, one a line, to be copied. */
export function renderInit({ ecosystem, subnet, files, next }: z.input<typeof documents.init>): string {
  return [
    `${ecosystem}: the hosts dns and web on ${subnet}, which is free on this box.`,
    ...files.map((file) => `  ${file}`),
    'Next:',
    ...next.map((line) => `  ${line}`),
  ]
    .map((line) => `${line}\n`)
    .join('')
}
