/** Turns what a schema says of a value into problems with the setting's name, what was found and what would be right. */
import type { z } from 'zod'
import { field } from './field.ts'
import type { Origin, Problem } from './problem.ts'
import { show, showPath, suggest } from './words.ts'

/** A value of the definition that was compared with its schema. */
export interface Part {
  readonly value: unknown
  readonly origin: Origin
  /** What messages call it: `['environments', 'dev']`. */
  readonly called: readonly PropertyKey[]
}

type Issue = z.core.$ZodIssue

/** One problem per issue; one per key where several settings of an object are unknown. */
export function problemsOf(issues: readonly Issue[], part: Part): readonly Problem[] {
  return issues.flatMap(innermost).flatMap((issue) => describe(issue, part))
}

function describe(issue: Issue, part: Part): readonly Problem[] {
  if (issue.code !== 'unrecognized_keys') return [{ message: say(issue, part), origin: within(part, issue) }]
  return issue.keys.map((key) => ({
    message: `${showPath([...part.called, ...issue.path, key])} is not a setting`,
    hint: suggest(key, issue.message.split(' ')),
    origin: within(part, { path: [...issue.path, key], code: 'invalid_key' }),
  }))
}

function within({ origin }: Part, { path, code }: Pick<Issue, 'path' | 'code'>): Origin {
  return { place: origin.place, path: [...origin.path, ...path], isKey: code === 'invalid_key' }
}

function say(issue: Issue, part: Part): string {
  const named = showPath([...part.called, ...issue.path]) || 'the definition'
  if (issue.code === 'invalid_key') return `${named} ${issue.issues[0]?.message}`
  const found = issue.path.reduce(field, part.value)
  if (found === undefined) return `${named} is missing: it ${issue.message}`
  const isSecret = issue.code === 'custom' && issue.params?.isSecret === true
  return `${named} ${issue.message}${isSecret || !issue.message.startsWith('must') ? '' : `, found ${show(found)}`}`
}

/** Of a union, the issues of the branch that came furthest. */
function innermost(issue: Issue): readonly Issue[] {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [issue]
  const [best = []] = issue.errors
    .map((branch) => branch.flatMap(innermost))
    .toSorted((a, b) => depth(b) - depth(a))
  return best.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }))
}

function depth(issues: readonly Issue[]): number {
  return Math.max(0, ...issues.map(({ path }) => path.length))
}
