/** Observes one host in one round trip: identity, facts, what copse owns, and the state of every wanted or owned thing. */
import { randomBytes } from 'node:crypto'
import { CopseError } from '../lib/errors.ts'
import { allKinds } from '../resources/index.ts'
import type { Bound } from '../resources/kind.ts'
import { type ObservedLine, observeScript, parseObserved, perlObservers } from '../resources/observed.ts'
import type { Archive, Reader } from '../transports/transport.ts'
import type { OwnedLine } from './plan-types.ts'
import type { Questions } from './questions.ts'
import { remoteScripts } from './remote-scripts.ts'

/** What one look at a host found. */
export interface Observation {
  /** The text of the host's identity file; empty where there is none. */
  readonly identity: string
  /** os, kernel, systemd, boot (id), uptime (s), run (the last run that changed it). */
  readonly facts: Readonly<Record<string, string>>
  /** In the order in which the things were made. */
  readonly owned: readonly OwnedLine[]
  /** By kind, then key. */
  readonly things: ReadonlyMap<string, ReadonlyMap<string, ObservedLine>>
  /** What the questions' script printed. */
  readonly answers: string
}

/** Nothing found: what a machine that does not exist yet looks like. */
export const nothing: Observation = { identity: '', facts: {}, owned: [], things: new Map(), answers: '' }

/** Somebody else's session on the host did not end in time. */
export class Busy extends CopseError {
  constructor(waitMs: number) {
    super('locked', `another run has been at work on this host for ${Math.ceil(waitMs / 1000)} s`, {
      hint: 'wait for it with --lock-timeout 10m',
    })
    this.name = 'Busy'
  }
}

export interface ObserveOptions {
  readonly signal: AbortSignal
  /** How long a session that changes the host is waited for, in milliseconds. */
  readonly waitMs: number
  /** Asked there in the same round trip. */
  readonly questions?: Pick<Questions, 'files'> | undefined
}

/** Runs the observation script on a host for the things that are wanted of it. Throws Busy. */
export async function observe(
  reader: Reader,
  wanted: readonly Bound[],
  { signal, waitMs, questions }: ObserveOptions,
): Promise<Observation> {
  const boundary = `@@${randomBytes(8).toString('hex')}`
  const archive = {
    ...observationArchive(boundary, wanted),
    patience: { text: `${Math.ceil(waitMs / 1000)}\n` },
    ...Object.fromEntries(
      Object.entries(questions?.files ?? {}).map(([name, payload]) => [`questions/${name}`, payload]),
    ),
  }
  const finished = await reader.run(archive, signal)
  if (finished.code !== 0)
    throw new CopseError('failed', `observing ended with code ${finished.code}: ${finished.stderr.trim()}`)
  if (finished.stdout === `${boundary} busy\n`) throw new Busy(waitMs)
  return parseObservation(finished.stdout, boundary)
}

function observationArchive(boundary: string, wanted: readonly Bound[]): Archive {
  const kinds = allKinds()
  const linesOf = (kind: string) =>
    wanted.filter((bound) => bound.kind === kind).map(({ key, hint }) => `${key}\t${hint}\n`)
  return {
    main: { text: remoteScripts.observe },
    boundary: { text: boundary },
    kinds: { text: kinds.map(({ name }) => `${name}\n`).join('') },
    look: { text: remoteScripts.look },
    observers: { text: perlObservers(kinds) },
    ...Object.fromEntries(
      kinds
        .filter(({ observe }) => 'sh' in observe)
        .map((kind) => [`kind/${kind.name}`, { text: observeScript(kind) }]),
    ),
    ...Object.fromEntries(kinds.map(({ name }) => [`wanted/${name}`, { text: linesOf(name).join('') }])),
  }
}

/** Splits the script's output into its sections; pure. */
export function parseObservation(output: string, boundary: string): Observation {
  const sections = output
    .split(new RegExp(`^${boundary} `, 'm'))
    .slice(1)
    .map(parseSection)
  const failed = sections.find(({ title }) => title.startsWith('failed '))
  if (failed) throw new CopseError('failed', `observing ${failed.title.slice(7)}: ${failed.body.trim()}`)
  if (!sections.some(({ title }) => title === 'end'))
    throw new CopseError('failed', 'the observation was cut off before its end')
  const body = (title: string) => sections.find((section) => section.title === title)?.body ?? ''
  const kinds = sections.filter(({ title }) => title.startsWith('kind '))
  return {
    identity: body('identity'),
    facts: Object.fromEntries(rows(body('facts')).map(([name = '', value = '']) => [name, value])),
    owned: rows(body('owned')).map(([kind = '', key = '', digest = '']) => ({ kind, key, digest })),
    things: new Map(kinds.map(({ title, body }) => [title.slice(5), parseObserved(body)])),
    answers: body('answers'),
  }
}

function parseSection(text: string) {
  const end = text.indexOf('\n')
  return { title: text.slice(0, end), body: text.slice(end + 1) }
}

function rows(text: string): readonly (readonly string[])[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('\t'))
}
