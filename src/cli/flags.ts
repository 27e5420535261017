/** The flags that commands share, and what they become. */
import { CopseError } from '../lib/errors.ts'
import { parseDuration } from './duration.ts'

/** One flag as help shows it; `parse` is given the value typed and the value so far. */
export interface Flag {
  readonly flags: string
  readonly description: string
  readonly parse?: (value: string, previous: unknown) => unknown
  readonly initial?: unknown
}

/** Every command takes these, before its name or after it. */
export interface GlobalFlags {
  readonly directory: string
  readonly json: boolean
  readonly verbose: number
  readonly quiet: boolean
  readonly color: boolean
  readonly input: boolean
}

export const globalFlags: readonly Flag[] = [
  { flags: '-C, --directory <DIR>', description: 'where copse.config.ts is; default: here', initial: '.' },
  { flags: '--json', description: 'one JSON document on stdout; asks nothing', initial: false },
  {
    flags: '-v, --verbose',
    description: 'say more; -vv says everything',
    parse: (_value, previous) => Number(previous) + 1,
    initial: 0,
  },
  { flags: '-q, --quiet', description: 'no progress, only results and errors', initial: false },
  { flags: '--no-color', description: 'no colours (so does NO_COLOR)' },
  { flags: '--no-input', description: 'never ask; refuse where an answer is needed' },
]

/** Commands that work on some hosts of an environment. */
export interface HostFlags {
  readonly limit: readonly string[]
  readonly exclude: readonly string[]
}

export const hostFlags: readonly Flag[] = [
  {
    flags: '-l, --limit <HOST>',
    description: 'only these hosts: name, group, role or glob; repeatable',
    parse: append,
    initial: [],
  },
  {
    flags: '--exclude <HOST>',
    description: 'all but these hosts; repeatable',
    parse: append,
    initial: [],
  },
]

/** Commands that connect to hosts. */
export interface SessionFlags {
  readonly parallel?: number
  readonly timeout?: number
}

export const sessionFlags: readonly Flag[] = [
  {
    flags: '-p, --parallel <N>',
    description: 'hosts worked on at the same time; default 10',
    parse: positive,
  },
  { flags: '--timeout <DURATION>', description: 'give up after this long, like `10m`', parse: duration },
]

/** Commands that change hosts. */
export interface ChangeFlags {
  readonly yes: boolean
  readonly lockTimeout: number
}

export const changeFlags: readonly Flag[] = [
  { flags: '-y, --yes', description: 'consent to what would be asked', initial: false },
  {
    flags: '--lock-timeout <DURATION>',
    description: 'wait this long for another run to end; default 30s',
    parse: duration,
    initial: 30_000,
  },
]

/** Commands that change some hosts of an environment. */
export interface RunFlags extends HostFlags, SessionFlags, ChangeFlags {}

export const runFlags: readonly Flag[] = [...hostFlags, ...sessionFlags, ...changeFlags]

function append(value: string, previous: unknown): readonly unknown[] {
  return Array.isArray(previous) ? [...previous, value] : [value]
}

/** Milliseconds; throws for what is no duration. */
export function duration(value: string): number {
  const ms = parseDuration(value)
  if (ms === undefined)
    throw new CopseError('usage', `"${value}" is not a duration`, { hint: 'write 500ms, 30s, 10m or 1h' })
  return ms
}

function positive(value: string): number {
  if (/^[1-9]\d{0,3}$/.test(value)) return Number(value)
  throw new CopseError('usage', `"${value}" is not a number of hosts`, {
    hint: 'write a number from 1 to 9999',
  })
}
