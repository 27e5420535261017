/** Runs what kinds return on this machine, as root, the way a host runs it: for contract tests below a directory of their own. */
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Shell } from '../../src/lib/shell.ts'
import type { Resource } from '../../src/model/resource.ts'
import { kindNamed } from '../../src/resources/index.ts'
import type { Bound, Change, Kind, Payload, Step, Surroundings } from '../../src/resources/kind.ts'
import { type ObservedLine, observeScript, parseObserved } from '../../src/resources/observed.ts'

/** Steps change owners; without root nothing of this can be shown. */
export const isRoot = process.getuid?.() === 0

const alone: Surroundings = { changing: new Set(), digestOf: () => undefined }

const environment = {
  PATH: process.env.PATH,
  HOME: '/root',
  LC_ALL: 'C.UTF-8',
  DEBIAN_FRONTEND: 'noninteractive',
}

/** What a run is given besides its scripts. */
interface RunOptions {
  readonly input?: string
  /** `COPSE_OWNED`. */
  readonly owned?: string
  readonly payloads?: Step['payloads'] | undefined
}

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
    // In memory, where syncing to disk costs nothing.
    const parent = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()
    this.#base = mkdtempSync(join(parent, 'copse-contract-'))
    this.root = join(this.#base, 'root')
    this.state = join(this.#base, 'state')
    mkdirSync(this.root)
    mkdirSync(this.state)
  }

  [Symbol.dispose](): void {
    rmSync(this.#base, { recursive: true, force: true })
  }

  /** What stands there now of these things of one kind; `isOwnedOnly` asks as for things that are no longer wanted. */
  observe(resources: readonly Resource[], { isOwnedOnly = false } = {}): ReadonlyMap<string, ObservedLine> {
    const [first] = resources
    if (!first) return new Map()
    const lines = resources.map(boundOf).map(({ key, hint }) => `${key}\t${isOwnedOnly ? '' : hint}\n`)
    const observe = { shell: observeScript(kindOf(first)) }
    return parseObserved(this.#run([observe], { input: lines.join('') }))
  }

  /** What applying would change; undefined when all is as wanted. */
  diff(resource: Resource, around: Surroundings = alone): Change | undefined {
    return this.diffAll([resource], around)[0]
  }

  diffAll(resources: readonly Resource[], around: Surroundings = alone): readonly (Change | undefined)[] {
    const found = this.observe(resources)
    return resources.map(boundOf).map((bound) => bound.diff(found.get(bound.key)?.found, around))
  }

  /** What applying would run, without running it; no step when all is as wanted. */
  plan(resource: Resource, around: Surroundings = alone): { readonly step: Step | undefined } {
    const bound = boundOf(resource)
    const found = this.observe([resource]).get(bound.key)?.found
    const change = bound.diff(found, around)
    return { step: change && bound.apply(change, found) }
  }

  /** Makes a resource as wanted, as an apply session does; answers with the change that it made. */
  apply(resource: Resource, around: Surroundings = alone): Change | undefined {
    return this.applyAll([resource], around)[0]
  }

  /** Makes resources of one kind as wanted, planned by one look at all of them. */
  applyAll(resources: readonly Resource[], around: Surroundings = alone): readonly (Change | undefined)[] {
    const things = this.observe(resources)
    return resources.map(boundOf).map((bound) => {
      const found = things.get(bound.key)?.found
      const change = bound.diff(found, around)
      if (change) this.#make([bound], bound.apply(change, found))
      return change
    })
  }

  /** Makes resources of one kind, all of which differ, as wanted in one step. */
  applyTogether(resources: readonly Resource[]): void {
    const [first] = resources
    const batch = first && kindOf(first).batch
    if (!batch) throw new TypeError('nothing that is made together')
    const bounds = resources.map(boundOf)
    const changes = this.diffAll(resources)
    this.#make(
      bounds,
      batch(bounds.map(({ spec }, at) => ({ spec, change: changes[at] ?? { action: 'update', why: [] } }))),
    )
  }

  /** Lets go of a resource; false when nothing of it was there. */
  remove(resource: Resource): boolean {
    return this.removeAll([resource])[0] ?? false
  }

  /** Lets go of resources of one kind; for each, whether anything of it was there. */
  removeAll(resources: readonly Resource[]): readonly boolean[] {
    const things = this.observe(resources, { isOwnedOnly: true })
    return resources.map((resource) => {
      const bound = boundOf(resource)
      const found = things.get(bound.key)?.found
      if (found) this.run(kindOf(resource).remove(bound.key, found))
      this.#own(bound, false)
      return found !== undefined
    })
  }

  /** Runs a step's script beside its payloads. */
  run({ script, payloads }: Step): void {
    this.#run([script], { payloads })
  }

  /** Preparing may fail, and only then is the thing put on the list of what copse owns. */
  #make(bounds: readonly Bound[], { prepare, script, payloads }: Step): void {
    const owned = bounds
      .filter((bound) => this.#owns(bound))
      .map(({ kind, key }) => `${kind}\t${key}`)
      .join('\n')
    try {
      this.#run([prepare ?? { shell: ':' }, { shell: ': >../prepared' }, script], { payloads, owned })
    } finally {
      const mark = join(this.#base, 'prepared')
      if (existsSync(mark)) for (const bound of bounds) this.#own(bound, true)
      rmSync(mark, { force: true })
    }
  }

  /** Runs scripts one after another in a directory of their own. */
  #run(scripts: readonly Shell[], { input = '', owned = '', payloads }: RunOptions): string {
    const cwd = mkdtempSync(join(this.#base, 'step-'))
    for (const [name, payload] of Object.entries(payloads ?? {})) deliver(payload, join(cwd, name))
    scripts.forEach((script, index) => {
      writeFileSync(join(cwd, `script-${index}`), script.shell)
    })
    const all = scripts.map((_script, index) => `sh -eu ./script-${index}`).join(' && ')
    const ended = spawnSync('/bin/sh', ['-c', `umask 022; ${all}`], {
      cwd,
      input,
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
      env: { ...environment, COPSE_VAR: this.state, COPSE_OWNED: owned },
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
  if ('secret' in payload || 'leaf' in payload) throw new TypeError('no secrets are kept here')
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
