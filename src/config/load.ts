/** Loads a config file: evaluated in a thread of its own, which has a deadline. */
import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import { CopseError } from '../lib/errors.ts'
import type { Desired } from '../model/desired.ts'
import { formatPlace } from '../model/place.ts'
import { type ConfigThread, startThread, type Variables } from './load-thread.ts'
import type { LocatedProblem } from './problem.ts'
import { suggest } from './words.ts'

/** What a load may be given. */
export interface LoadOptions {
  /** Ends the load; the signal's reason is thrown. */
  readonly signal?: AbortSignal
  /** What `env(...)` reads. Default: the process's own variables. */
  readonly variables?: Variables
  /** How long the config may take, in milliseconds. Default: 30,000, which a box takes that is busy with much else. */
  readonly deadline?: number
  /** The environment whose settings the one that is asked for is to have instead of its own. Default: none. */
  readonly as?: string
  /** Started beforehand, and used up by this load. Default: one that is started now. */
  readonly thread?: ConfigThread | undefined
  /**
   * Told what will be returned if nothing more is found to be wrong, so that whoever needs it gets ready meanwhile. It must
   * not throw, and nothing may be changed for it.
   */
  early?(desired: Desired): void
}

/** A config that cannot be used: all its problems, each with its place. */
export class ConfigError extends CopseError {
  readonly problems: readonly LocatedProblem[]

  constructor(problems: readonly LocatedProblem[]) {
    super('config', problems.map(problemLine).join('\n'))
    this.name = 'ConfigError'
    this.problems = problems
  }
}

/** `file:line:column  message; hint`, with a file below the working directory as seen from there. */
function problemLine({ place, message, hint }: LocatedProblem): string {
  const near = relative(process.cwd(), place.file)
  const where = formatPlace({ ...place, file: near.startsWith('..') ? place.file : near })
  return `${where}  ${message}${hint === undefined ? '' : `; ${hint}`}`
}

const configName = 'copse.config.ts'

/** The config file of a directory. */
export function findConfig(directory: string): string {
  const file = join(directory, configName)
  if (existsSync(file)) return file
  throw new CopseError('usage', `there is no ${configName} in ${directory}`, {
    hint: 'name the directory that has one: copse -C DIR ...; or write one: copse init DIR',
  })
}

/** What one environment of a config is meant to be. Throws ConfigError, or a usage error for an unknown name. */
export async function loadConfig(
  file: string,
  environment: string,
  options: LoadOptions = {},
): Promise<Desired> {
  const reply = await ask(file, environment, options)
  if ('desired' in reply) return reply.desired
  const { environments } = reply
  throw new CopseError('usage', `there is no environment ${JSON.stringify(environment)} in ${file}`, {
    hint: suggest(environment, environments),
  })
}

/** The names of a config's environments, in its order. */
export async function environmentNames(file: string, options: LoadOptions = {}): Promise<readonly string[]> {
  const reply = await ask(file, undefined, options)
  return 'environments' in reply ? reply.environments : []
}

async function ask(file: string, environment: string | undefined, options: LoadOptions) {
  const { signal, variables, deadline = 30_000, early, as } = options
  await using thread = options.thread ?? startThread(variables)
  const reply = await thread.ask({ file, environment, as }, { signal, deadline, early })
  if ('problems' in reply) throw new ConfigError(reply.problems)
  return reply
}
