/** Where guests get Debian's packages from: the mirrors that its box itself uses. */
import { join } from 'node:path'
import { CopseError } from '../../lib/errors.ts'
import { type AptSource, parseAptSources } from './apt-sources.ts'
import type { Box } from './box.ts'

export interface Mirrors {
  readonly archive: string
  /** Undefined where the box has no source of security updates. */
  readonly security: string | undefined
}

const suite =
  /^(?:sid|testing|(?:old){0,2}stable|buster|bullseye|bookworm|trixie|forky|duke)(-security|\/updates)?$/

/**
 * Picks Debian's own archive and its security updates. Other people's archives use Debian's suite names too, so the
 * signature decides: Debian's keyring, or none named. Sources with a password in them are never taken.
 */
export function chooseMirrors(sources: readonly AptSource[]): Mirrors | undefined {
  const debian = sources
    .filter(({ types, components }) => types.includes('deb') && components.includes('main'))
    .filter(({ signedBy }) => signedBy === '' || signedBy.includes('debian-archive'))
    .sort((a, b) => Number(a.signedBy === '') - Number(b.signedBy === ''))
  const find = (isSecurity: boolean) =>
    debian
      .filter(({ suites }) => suites.some((name) => matches(name, isSecurity)))
      .flatMap(({ uris }) => uris)
      .find((uri) => /^https?:\/\/[^@\s]+$/.test(uri))
      ?.replace(/\/+$/, '')
  const archive = find(false)
  return archive === undefined ? undefined : { archive, security: find(true) }
}

function matches(name: string, isSecurity: boolean): boolean {
  const found = suite.exec(name.replace(/\/$/, ''))
  return found !== null && (found[1] !== undefined) === isSecurity
}

/** Reads the box's sources; throws where none of them is Debian's. */
export async function readMirrors(box: Box, directory = '/etc/apt'): Promise<Mirrors> {
  const parts = await box.list(join(directory, 'sources.list.d'))
  const files = [
    join(directory, 'sources.list'),
    ...parts
      .filter((name) => /\.(list|sources)$/.test(name))
      .sort()
      .map((name) => join(directory, 'sources.list.d', name)),
  ]
  const texts = await Promise.all(
    files.map(async (file) => parseAptSources(file, (await box.read(file)) ?? '')),
  )
  const mirrors = chooseMirrors(await Promise.all(texts.flat().map((source) => resolveLists(box, source))))
  if (mirrors) return mirrors
  throw new CopseError(
    'failed',
    `no package source of Debian in ${directory}: guests would have none either`,
    {
      hint: `add Debian's archive to ${directory}/sources.list.d`,
    },
  )
}

/** Debian's cloud images name a file that lists the mirrors: `mirror+file:/etc/apt/mirrors/debian.list`. */
async function resolveLists(box: Box, source: AptSource): Promise<AptSource> {
  const uris = await Promise.all(
    source.uris.map(async (uri) => {
      const list = /^mirror\+file:(?:\/\/)?(\/.*)$/.exec(uri)?.[1]
      if (list === undefined) return [uri]
      const text = (await box.read(list)) ?? ''
      return text.split('\n').flatMap((line) => /^\s*([^#\s]+)/.exec(line)?.[1] ?? [])
    }),
  )
  return { ...source, uris: uris.flat() }
}
