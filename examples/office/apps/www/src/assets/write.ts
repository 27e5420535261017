/** Gives every asset a name that tells its content, so that it can be kept for ever. */
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, parse } from 'node:path'
import type { Manifest } from './manifest.ts'

const root = join(import.meta.dirname, '../..')

/** Writes `assets/NAME.HASH.ext` and `manifest.json` below `target`, which it empties first. */
export function writeAssets(target = join(root, 'dist'), source = join(root, 'assets')): Manifest {
  rmSync(target, { recursive: true, force: true })
  mkdirSync(join(target, 'assets'), { recursive: true })
  const manifest: Record<string, string> = {}
  for (const file of readdirSync(source).sort()) {
    const content = readFileSync(join(source, file))
    const named = nameOf(file, content)
    writeFileSync(join(target, 'assets', named), content)
    manifest[file] = named
  }
  writeFileSync(join(target, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  return manifest
}

/** `site.css` becomes `site.0f3a9c1b2d4e.css`. Pure. */
export function nameOf(file: string, content: Uint8Array): string {
  const { name, ext } = parse(file)
  return `${name}.${createHash('sha256').update(content).digest('hex').slice(0, 12)}${ext}`
}
