/** How long and how finely Graphite keeps a series, and what that takes on disk. Pure. */

/** Seconds between two values of a series: StatsD's flush, and the first step of every retention. */
export const flush = 10

/** One ring of a series' file. */
export interface Archive {
  /** Seconds between two points. */
  readonly step: number
  readonly points: number
}

const seconds: Readonly<Record<string, number>> = {
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
  y: 31_536_000,
}

/** `10s:2h,1m:2d` as archives, finest first; what is wrong with it where it cannot be meant. */
export function parseRetention(text: string): readonly Archive[] | string {
  const archives: Archive[] = []
  for (const part of text.split(',')) {
    const [, step, span] = /^(\d+[smhdwy]):(\d+[smhdwy])$/.exec(part.trim()) ?? []
    if (step === undefined || span === undefined)
      return `${JSON.stringify(part)} must be a step and how long it is kept, such as 10s:2h`
    const next = { step: secondsIn(step), points: Math.floor(secondsIn(span) / secondsIn(step)) }
    const fault = faultOf(next, part.trim(), archives.at(-1))
    if (fault !== undefined) return fault
    archives.push(next)
  }
  return archives
}

/** What Whisper would refuse, or would lose values by. */
function faultOf({ step, points }: Archive, part: string, finer: Archive | undefined): string | undefined {
  if (!(points > 0)) return `${part} must keep one point at least`
  if (!finer)
    return step === flush
      ? undefined
      : `the first step must be ${flush}s, which is how often values come; ${part} would lose some`
  if (step <= finer.step || step % finer.step !== 0)
    return `the step of ${part} must be a multiple of ${finer.step}s, the finer one before it`
  if (step * points <= finer.step * finer.points) return `${part} must reach further back than the finer one`
  return finer.step * finer.points < step
    ? `what is before ${part} must reach over one of its steps at least`
    : undefined
}

function secondsIn(text: string): number {
  return Number(text.slice(0, -1)) * (seconds[text.slice(-1)] ?? Number.NaN)
}

/** The size of a series' file, which never changes: a head of 16 bytes, 12 for each archive and 12 for each point. */
export function bytesPerSeries(archives: readonly Archive[]): number {
  return 16 + 12 * archives.length + 12 * archives.reduce((sum, { points }) => sum + points, 0)
}

/** Whole days after which nothing of a value is left. */
export function daysKept(archives: readonly Archive[]): number {
  return Math.ceil(Math.max(...archives.map(({ step, points }) => step * points)) / 86_400)
}
