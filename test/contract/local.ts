/** Runs what kinds return on this machine, as root, the way a host runs it: for contract tests below a directory of their own. */
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Resource } from '../../src/model/resource.ts'
import { kindNamed } from '../../src/resources/index.ts'
import type { Bound, Change, Kind, Payload, Step, Surroundings } from '../../src/resources/kind.ts'
import { type ObservedLine, observeWords, parseObserved } from '../../src/resources/observed.ts'

/** Steps change owners; without root nothing of this can be shown. */
export const isRoot = process.getuid?.() === 0

const alone: Surroundings = { changing: new Set(), digestOf: () => undefined }

/** A step of a host ended with another code than 0. */
export class StepFailed extends Error {}

/** This machine as a host, with copse's own files and all that the tests make under one directory. */
export class LocalHost {
  /** Where tests make their things. */
  readonly root: string
  /** What /var/lib/copse is elsewhere. */
  readonly state: string
  readonly #base: string

  constructor() {
    this.#base = mkdtempSync(join(tmpdir(), 'copse-contract-'))
    this.root = join(this.#base, 'root')
    this.state = join(this.#base, 'state')
    mkdirSync(this.root)
    mkdirSync(this.state)
  }

  [Symbol.dispose](): void {
    rmSync(this.#base, { recursive: true, force: true })
  }

  /** What stands there now of these things; `isOwnedOnly` asks as for things that are no longer wanted. */
  observe(resources: readonly Resource[], { isOwnedOnly = false } = {}): ReadonlyMap<string, ObservedLine> {
    const [first] = resources
    if (!first) return new Map()
    const input = resources
      .map((resource) => boundOf(resource))
      .map(({ key, hint }) => `${key}\t${isOwnedOnly ? '' : hint}\n`)
      .join('')
    const script = `${observeWords}\n${kindOf(first).observe}\n`
    return parseObserved(this.#run(script, { input }))
  }

  /** What applying would change; undefined when all is as wanted. */
  diff(resource: Resource, around: Surroundings = alone): Change | undefined {
    const bound = boundOf(resource)
    return bound.diff(this.observe([resource]).get(bound.key)?.found, around)
  }

  /** Makes a resource as wanted, as an apply session does; answers with the change that it made. */
  apply(resource: Resource, around: Surroundings = alone): Change | undefined {
    const bound = boundOf(resource)
    const found = this.observe([resource]).get(bound.key)?.found
    const change = bound.diff(found, around)
    if (!change) return undefined
    const step = bound.apply(change, found)
    const owned = this.#owns(bound) ? '1' : ''
    if (step.prepare) this.#run(step.prepare.shell, { env: { COPSE_OWNED: owned } })
    this.#own(bound, true)
    this.run(step)
    return change
  }

  /** Lets go of a resource; false when nothing of it was there. */
  remove(resource: Resource): boolean {
    const bound = boundOf(resource)
    const found = this.observe([resource], { isOwnedOnly: true }).get(bound.key)?.found
    if (found) this.run(kindOf(resource).remove(bound.key, found))
    this.#own(bound, false)
    return found !== undefined
  }

  /** Runs a step's script beside its payloads. */
  run({ script, payloads = {} }: Step): void {
    this.#run(script.shell, { payloads })
  }

  #run(
    script: string,
    { input = '', env = {}, payloads = {} }: { input?: string; env?: NodeJS.ProcessEnv; payloads?: Step['payloads'] },
  ): string {
    const cwd = mkdtempSync(join(this.#base, 'step-'))
    for (const [name, payload] of Object.entries(payloads ?? {})) deliver(payload, join(cwd, name))
    writeFileSync(join(cwd, 'script'), script)
    const { PATH } = process.env
    const ended = spawnSync('/bin/sh', ['-c', 'umask 022; exec sh -eu ./script'], {
      cwd,
      input,
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
      env: { PATH, HOME: '/root', LC_ALL: 'C.UTF-8', COPSE_VAR: this.state, ...env },
    })
    rmSync(cwd, { recursive: true, force: true })
    if (ended.status !== 0) throw new StepFailed(`code ${ended.status}: ${ended.stderr}${ended.stdout}`)
    return ended.stdout
  }

  #owned(): readonly string[] {
    const list = join(this.state, 'owned')
    return existsSync(list) ? readFileSync(list, 'utf8').split('\n').filter(Boolean) : []
  }

  #owns({ kind, key }: Bound): boolean {
    return this.#owned().some((line) => line.startsWith(`${kind}\t${key}\t`))
  }

  #own({ kind, key, digest }: Bound, isOwned: boolean): void {
    const others = this.#owned().filter((line) => !line.startsWith(`${kind}\t${key}\t`))
    const lines = isOwned ? [...others, `${kind}\t${key}\t${digest}`] : others
    writeFileSync(join(this.state, 'owned'), lines.map((line) => `${line}\n`).join(''))
  }
}

function deliver(payload: Payload, path: string): void {
  if ('text' in payload) writeFileSync(path, payload.text)
  else cpSync(payload.file, path)
}

function kindOf({ kind }: Resource): Kind {
  const known = kindNamed(kind)
  if (!known) throw new TypeError(`${kind} is no kind`)
  return known
}

function boundOf(resource: Resource): Bound {
  return kindOf(resource).bind(resource)
}
