/** Evaluates a config in this thread: imported, checked and desired; and all of it twice, because it must not vary. */
import { pathToFileURL } from 'node:url'
import * as copse from '../index.ts'
import type { Desired } from '../model/desired.ts'
import { base } from '../roles/base.ts'
import type { Ecosystem } from './define.ts'
import { desireEach } from './desire-each.ts'
import { field } from './field.ts'
import { setClockAhead } from './load-clock.ts'
import { reader } from './load-files.ts'
import { again, type Modules } from './load-modules.ts'
import { locateAll, tidy } from './load-syntax.ts'
import { explain, explainExport } from './load-trouble.ts'
import type { LocatedProblem } from './problem.ts'
import type { LoadTask } from './task.ts'
import { variationOf } from './variation.ts'

/** What an evaluation ends with; `environments` are all names, when the one asked for is not among them. */
export type Reply =
  | { readonly desired: Desired }
  | { readonly problems: readonly LocatedProblem[] }
  | { readonly environments: readonly string[] }

/**
 * Everything that can be wrong with a config is in the reply. `early` is told of the environment before all that was looked
 * for: it is what the reply holds, if that is no problem.
 */
export async function evaluate(
  task: LoadTask,
  modules: Modules,
  early?: (desired: Desired) => void,
): Promise<Reply> {
  try {
    const first = await evaluateOnce(task, '', early)
    if (!('desired' in first)) return first
    using _ahead = setClockAhead()
    const second = await evaluateOnce(task, again)
    if (!('desired' in second)) return second
    const variation = variationOf(first.desired, second.desired)
    return variation ? { problems: tidy([variation]) } : first
  } catch (error) {
    return { problems: await explain({ error, file: task.file, modules, exported: Object.keys(copse) }) }
  }
}

/** All environments are checked the first time, the one asked for before the others. */
async function evaluateOnce(
  { file, environment, as }: LoadTask,
  mark: '' | typeof again,
  early?: (desired: Desired) => void,
): Promise<Reply> {
  const module: unknown = await import(`${pathToFileURL(file).href}${mark}`)
  const ecosystem = field(module, 'default')
  if (!isEcosystem(ecosystem)) return { problems: await explainExport(file) }
  const source = { file, read: reader() }
  const { named, desired, problems } = desireEach(ecosystem, [base()], { ...source, only: environment, as })
  if (environment === undefined || (named.length > 0 && !named.includes(environment)))
    return { environments: named }
  const asked: Desired[] = problems.length > 0 ? [] : JSON.parse(JSON.stringify(desired))
  for (const one of asked) early?.(one)
  const others =
    mark === again ? [] : desireEach(ecosystem, [base()], { ...source, except: environment }).problems
  if (problems.length + others.length > 0) return { problems: await locateAll([...problems, ...others]) }
  const [only] = asked
  if (!only) throw new Error(`the environment ${environment} was not made`)
  return { desired: only }
}

function isEcosystem(value: unknown): value is Ecosystem {
  return typeof value === 'object' && value !== null && 'definition' in value && 'place' in value
}
