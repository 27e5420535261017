/** The releases of an app as a table. Pure. */
import { presentOf, type Sighting } from '../engine/apps/sightings.ts'
import type { Paint } from './paint.ts'
import { printableLine } from './printable.ts'
import { renderTable } from './table.ts'

/** One release, from all that is known of it. */
export interface KnownRelease {
  readonly release: number
  readonly commit: string
  readonly artifact: string
  readonly config: string
  readonly state: 'present' | 'good' | 'unproven'
  /** That it runs on now. */
  readonly hosts: readonly string[]
  /** That have it. */
  readonly kept: readonly string[]
  readonly at: Date
}

/** Newest first. */
export function releasesOf(sightings: readonly Sighting[], app: string): readonly KnownRelease[] {
  const own = sightings.filter((one) => one.app === app)
  const present = presentOf(sightings, app)
  return [...Map.groupBy(own, ({ number }) => number)]
    .toSorted(([a], [b]) => b - a)
    .flatMap(([release, all]) => {
      const [first] = all
      if (!first) return []
      const isGood = all.some(({ good }) => good > 0)
      const hostsOf = (those: readonly Sighting[]) => those.flatMap(({ host }) => host ?? [])
      return [
        {
          ...{ release, commit: first.commit, artifact: first.artifact, config: first.config },
          state:
            present?.number === release
              ? ('present' as const)
              : isGood
                ? ('good' as const)
                : ('unproven' as const),
          hosts: hostsOf(all.filter(({ host, present: since }) => host !== undefined && since > 0)),
          kept: hostsOf(all),
          at: new Date(Math.min(...all.map(({ made }) => made)) * 1000),
        },
      ]
    })
}

export function renderReleases(releases: readonly KnownRelease[], app: string, paint: Paint): string {
  if (releases.length === 0) return `${app} has no release yet.\n`
  const rows = releases.map(({ release, commit, artifact, config, state, hosts, at }) => [
    String(release),
    paint(state === 'unproven' ? 'change' : 'good', state),
    printableLine(commit),
    artifact.slice(0, 12),
    config.slice(0, 8),
    at.toISOString().slice(0, 16).replace('T', ' '),
    hosts.join(' '),
  ])
  return renderTable([['RELEASE', 'STATE', 'COMMIT', 'ARTIFACT', 'CONFIG', 'MADE (UTC)', 'RUNS ON'], ...rows])
}
