/** What `adopt` is about to take over. Pure. */
import type { Adoptable } from '../machines/provider.ts'
import type { Environment } from '../model/environment.ts'
import type { Paint } from './paint.ts'
import { printableLine } from './printable.ts'

/** Machines and data by name, and whose they are now. */
export function renderAdoptable(
  { name, ecosystem, prefix }: Pick<Environment, 'name' | 'ecosystem' | 'prefix'>,
  { holder, machines, volumes }: Pick<Adoptable, 'holder' | 'machines' | 'volumes'>,
  { secrets, paint }: { readonly secrets: readonly string[] | undefined; readonly paint: Paint },
): string {
  const lines = [
    ...machines.map(({ host, state }) => `machine ${prefix}${host}, ${state}`),
    ...volumes.map((volume) => `volume ${volume.name} of ${prefix}${volume.host}`),
    ...(secrets ?? []).map((secret) => `secret ${secret}`),
  ].map((what) => `    ${paint('change', '~')} ${printableLine(what)}\n`)
  return `${paint('strong', `  ${name} of ${ecosystem}`)}   the way in is held by ${printableLine(holder)}
${lines.join('')}Your key will open these, and theirs no longer. Nothing is made anew, restarted or renamed.
${secrets === undefined ? `Their secrets cannot be read from here: the next up makes others, a certificate authority too, and names those that must be set.\n` : ''}`
}
