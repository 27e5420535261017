/** Durations as people write and read them: `30s`, `1.9 s`. */

const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const

/** Milliseconds of `500ms`, `30s`, `5m`, `1h` or a bare number of seconds; undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text) ?? []
  if (amount === undefined) return undefined
  const factor = Object.entries(units).find(([name]) => name === (unit ?? 's'))?.[1] ?? units.s
  return Math.round(Number(amount) * factor)
}

/** `12 ms`, `1.9 s`, `3 min 20 s`. */
export function formatDuration(ms: number): string {
  if (ms < 100) return `${Math.round(ms)} ms`
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}
