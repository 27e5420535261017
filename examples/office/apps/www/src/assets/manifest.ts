/** What the build wrote: the names of assets, and what is in them. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { SettingsError } from '../service/settings.ts'

const schema = z.object({ 'site.css': z.string(), 'enhance.js': z.string(), 'icon.svg': z.string() })

/** The names of files in `assets/`, by what they are called in the source. */
export type Manifest = Readonly<Record<string, string>>

/** Where pages find each asset. */
export interface AssetUrls {
  readonly css: string
  readonly script: string
  readonly icon: string
  /** Who may give them to a page, as a Content-Security-Policy names it. */
  readonly source: string
}

export interface Assets {
  readonly manifest: z.output<typeof schema>
  /** By name with hash. */
  readonly files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>
}

/** Throws SettingsError when there was no build. */
export function readAssets(dist = join(import.meta.dirname, '../../dist')): Assets {
  try {
    const manifest = schema.parse(JSON.parse(readFileSync(join(dist, 'manifest.json'), 'utf8')))
    const names = Object.values(manifest)
    return {
      manifest,
      files: new Map(names.map((name) => [name, new Uint8Array(readFileSync(join(dist, 'assets', name)))])),
    }
  } catch (cause) {
    throw new SettingsError(`dist/ does not hold the assets; run npm run build (${String(cause)})`)
  }
}

/** `base` is a path of this app or an address elsewhere. Pure. */
export function assetUrls(manifest: Assets['manifest'], base: string): AssetUrls {
  const below = (name: string) => `${base.replace(/\/+$/, '')}/${name}`
  return {
    css: below(manifest['site.css']),
    script: below(manifest['enhance.js']),
    icon: below(manifest['icon.svg']),
    source: sourceOf(base),
  }
}

/** Of an address without a scheme, the host: whichever scheme the page itself came by. */
function sourceOf(base: string): string {
  if (base.startsWith('//')) return new URL(`http:${base}`).host
  return base.startsWith('/') ? "'self'" : new URL(base).origin
}
