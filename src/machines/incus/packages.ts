/** Installs packages of the distribution on a box, and removes them again, without a question. */
import { CopseError } from '../../lib/errors.ts'
import type { Box } from './box.ts'
import { readBox, writeBox } from './box-journal.ts'
import type { Engine } from './engine.ts'

const apt = ['-q', '-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=300']

/** All packages that are installed on a box. */
async function installedPackages(box: Box): Promise<readonly string[]> {
  const format = '-f=$' + '{Package} $' + '{db:Status-Status}\\n'
  const listed = await box.run('dpkg-query', ['-W', format], { seconds: 60 })
  return listed.split('\n').flatMap((line) => line.match(/^(\S+) installed$/)?.[1] ?? [])
}

/** Installs what is missing and notes in the box's journal what that brought; `say` is told what. */
export async function installPackages(
  engine: Engine,
  names: readonly string[],
  say: (message: string) => void,
): Promise<void> {
  const { box } = engine
  const before = new Set(await installedPackages(box))
  const missing = names.filter((name) => !before.has(name))
  if (missing.length === 0) return
  say(`installs ${missing.join(' ')}`)
  const journal = await readBox(engine)
  const note = (brought: readonly string[]) =>
    writeBox(engine, { ...journal, packages: [...new Set([...journal.packages, ...brought])] })
  // Before as well: apt ends its work although copse is killed.
  await note(missing)
  // A source that has nothing to do with these packages may be out of order: installing tells whether it matters.
  await box.run('apt-get', ['-q', 'update'], { seconds: 300 }).catch(() => undefined)
  try {
    await box.run('apt-get', [...apt, 'install', ...missing], { seconds: 900 })
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause)
    throw new CopseError('failed', `${missing.join(' ')} could not be installed: ${said}`, {
      cause,
      hint: `apt-get update && apt-get install ${missing.join(' ')}`,
    })
  } finally {
    await note((await installedPackages(box)).filter((name) => !before.has(name)))
  }
}

/** Removes packages with their settings, and nothing besides them. */
export async function purgePackages(box: Box, names: readonly string[]): Promise<void> {
  const there = new Set(await installedPackages(box))
  const doomed = names.filter((name) => there.has(name))
  if (doomed.length === 0) return
  const others = removedBy(await box.run('apt-get', ['-s', 'purge', ...doomed], { seconds: 120 })).filter(
    (name) => !doomed.includes(name),
  )
  if (others.length > 0)
    throw new CopseError(
      'refused',
      `the packages that copse installed stay: ${others.join(' ')}, which it did not install, would go with them`,
      { hint: `apt-get purge ${doomed.join(' ')}, which also removes ${others.join(' ')}` },
    )
  await box.run('apt-get', [...apt, 'purge', ...doomed], { seconds: 600 })
}

/** What apt-get says in a simulation that it would remove. Pure. */
export function removedBy(simulated: string): readonly string[] {
  return simulated.split('\n').flatMap((line) => line.match(/^(?:Remv|Purg) ([^\s:]+)/)?.[1] ?? [])
}
