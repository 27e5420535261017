/** Golden images as a table. Pure. */
import type { Image } from '../machines/provider.ts'
import type { Paint } from './paint.ts'
import { printableLine } from './printable.ts'
import { renderTable } from './table.ts'

const day = 24 * 3600 * 1000

interface Shown {
  readonly verb: 'list' | 'prune'
  readonly now: Date
  readonly paint: Paint
}

/** A row per image, or what was removed. */
export function renderImages(images: readonly Image[], { verb, now, paint }: Shown): string {
  if (images.length === 0)
    return verb === 'list' ? 'There are no images.\n' : 'There was nothing to remove.\n'
  const rows = images.map(({ id, debian, made, holds, isFresh }) => [
    id,
    `Debian ${debian}`,
    `${Math.max(0, Math.floor((now.getTime() - Date.parse(made)) / day))} d`,
    isFresh ? paint('good', 'fresh') : paint('bad', 'outdated'),
    printableLine(holds),
  ])
  const table = renderTable([['IMAGE', 'BASE', 'AGE', 'STATE', 'HOLDS'], ...rows])
  return verb === 'list' ? table : `${table}Removed ${images.length}.\n`
}
