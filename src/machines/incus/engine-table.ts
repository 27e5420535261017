/** The nft table of an engine, which stays behind empty when its last network has gone. */
import type { Engine } from './engine.ts'

/** Removes it if it is empty: another engine of the same product shares it. */
export async function removeEngineTable({ product, box }: Engine): Promise<void> {
  const table = product.table.split(' ')
  const listed = await box.run('nft', ['list', 'table', ...table], { seconds: 30 }).catch(() => '')
  if (isEmptyTable(listed)) await box.run('nft', ['delete', 'table', ...table], { seconds: 30 })
}

/** Does nft list a table, and nothing in it? Pure. */
export function isEmptyTable(listed: string): boolean {
  return /^table \S+ \S+ \{\s*\}\s*$/.test(listed)
}
