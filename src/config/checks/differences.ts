/** Allowances have a reason, and select hosts that there are. */
import { accept } from '../accept.ts'
import type { AllowanceDefinition } from '../allow.ts'
import type { Definition } from '../definition.ts'
import type { Problem } from '../problem.ts'
import { allowedSchema, reasonSchema } from '../schema.ts'
import { show, suggest } from '../words.ts'

export function checkDifferences(definition: Definition): readonly Problem[] {
  const all = [
    ...definition.differences,
    ...definition.environments.flatMap(({ settings }) => settings.differences),
  ]
  return all.flatMap((allowance) => problemsOf(definition, allowance))
}

function problemsOf(
  { named, groups }: Definition,
  { reason, allowed, place }: AllowanceDefinition,
): readonly Problem[] {
  const origin = (...path: readonly PropertyKey[]) => ({ place, path })
  const said = accept(reasonSchema, { value: reason, origin: origin(0), called: ['allow', 'reason'] })
  const meant = accept(allowedSchema, { value: allowed, origin: origin(1), called: ['allow'] })
  const known = [
    ...named.groups,
    ...named.hosts,
    ...groups.flatMap(({ roles }) => roles.map((one) => one.name)),
  ]
  const host = meant.value?.host
  const strangers: readonly Problem[] =
    host === undefined || known.includes(host)
      ? []
      : [
          {
            message: `a difference is allowed on ${show(host)}, which is no host, group or role`,
            hint: suggest(host, [...new Set(known)]),
            origin: origin(1, 'host'),
          },
        ]
  return [...said.problems, ...meant.problems, ...strangers]
}
