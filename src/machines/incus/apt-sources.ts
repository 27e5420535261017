/** Reads apt's lists of package sources, in both of their formats. Pure. */

/** One source of packages, as apt would use it. */
export interface AptSource {
  readonly types: readonly string[]
  readonly uris: readonly string[]
  readonly suites: readonly string[]
  readonly components: readonly string[]
  /** Key files, or an embedded key; empty where apt's own keyrings decide. */
  readonly signedBy: string
}

/** `path` decides the format: `.sources` is deb822, all else one source per line. Disabled sources are left out. */
export function parseAptSources(path: string, text: string): readonly AptSource[] {
  return path.endsWith('.sources') ? parseDeb822(text) : text.split('\n').flatMap(parseLine)
}

function parseDeb822(text: string): readonly AptSource[] {
  const bare = text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n')
  return bare.split(/\n\s*\n/).flatMap((stanza) => {
    const fields = new Map(
      [...stanza.matchAll(/^([\w-]+):(.*(?:\n[ \t].*)*)/gm)].map(([, name = '', value = '']) => [
        name.toLowerCase(),
        value.trim(),
      ]),
    )
    if (!fields.has('uris') || /^(no|false|off|0|without|disable)$/i.test(fields.get('enabled') ?? 'yes'))
      return []
    return {
      types: words(fields.get('types')),
      uris: words(fields.get('uris')),
      suites: words(fields.get('suites')),
      components: words(fields.get('components')),
      signedBy: fields.get('signed-by') ?? '',
    }
  })
}

function parseLine(line: string): readonly AptSource[] {
  const match = /^(deb|deb-src)\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s*(.*)$/.exec(
    line.replace(/#.*/, '').trim(),
  )
  if (!match) return []
  const [, type = '', options = '', uri = '', suite = '', components] = match
  const signedBy = /(?:^|\s)signed-by=(\S+)/i.exec(options)?.[1] ?? ''
  return [{ types: [type], uris: [uri], suites: [suite], components: words(components), signedBy }]
}

function words(value: string | undefined): readonly string[] {
  return (value ?? '').split(/\s+/).filter((word) => word !== '')
}
