/** Installs packages of the distribution on this box, without a question. */
import { CopseError } from '../../lib/errors.ts'
import { readBox, writeBox } from './box.ts'
import type { Engine } from './engine.ts'
import { run } from './tool.ts'

const apt = ['-q', '-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=300']

/** Those of the packages that are not installed. */
export async function missingPackages(names: readonly string[]): Promise<readonly string[]> {
  const format = '-f=$' + '{Package} $' + '{db:Status-Status}\\n'
  const listed = await run('dpkg-query', ['-W', format], { seconds: 60 })
  const installed = new Set(listed.split('\n').flatMap((line) => line.match(/^(\S+) installed$/)?.[1] ?? []))
  return names.filter((name) => !installed.has(name))
}

/** Installs what is missing and notes it in the box's journal; `say` is told what. */
export async function installPackages(
  engine: Engine,
  names: readonly string[],
  say: (message: string) => void,
): Promise<void> {
  const missing = await missingPackages(names)
  if (missing.length === 0) return
  say(`installs ${missing.join(' ')}`)
  const box = await readBox(engine)
  await writeBox(engine, { ...box, packages: [...new Set([...box.packages, ...missing])] })
  // A source that has nothing to do with these packages may be out of order: installing tells whether it matters.
  await run('apt-get', ['-q', 'update'], { seconds: 300 }).catch(() => undefined)
  try {
    await run('apt-get', [...apt, 'install', ...missing], { seconds: 900 })
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause)
    throw new CopseError('failed', `${missing.join(' ')} could not be installed: ${said}`, {
      cause,
      hint: `apt-get update && apt-get install ${missing.join(' ')}`,
    })
  }
}
