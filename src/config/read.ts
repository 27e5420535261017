/** Reads a definition part by part, so that every problem of every part is found at once. */
import { z } from 'zod'
import type { Role } from '../model/role.ts'
import { appRole } from '../roles/app.ts'
import { accept, partAt } from './accept.ts'
import type { Ecosystem } from './define.ts'
import type { Definition } from './definition.ts'
import { field } from './field.ts'
import type { Problem } from './problem.ts'
import { readApp } from './read-app.ts'
import { readEnvironment } from './read-environment.ts'
import { hostNames, readGroup } from './read-group.ts'
import { processesOf } from './resolve-apps.ts'
import { differencesSchema, flowSchema, personSchema } from './schema.ts'
import { name, settings } from './schema-words.ts'

/** What reading ends with: the valid parts, and what is wrong with the others. */
export interface Reading {
  readonly definition: Definition
  readonly problems: readonly Problem[]
}

/** `implicit` are the roles that every host has, first, unless it lists one of the same name itself. */
export function read({ definition: raw, place }: Ecosystem, implicit: readonly Role[]): Reading {
  const whole = accept(wholeSchema, partAt(place, raw))
  const named = {
    environments: entries(field(raw, 'environments')),
    hosts: entries(field(raw, 'hosts')),
    apps: entries(field(raw, 'apps')),
  }
  const environments = named.environments.map(([key, value]) => readEnvironment(place, key, value))
  const apps = named.apps.map((entry, index) => readApp(place, entry, index))
  const appRoles = apps.flatMap(({ value }) =>
    value ? [appRole({ ...value, processes: processesOf(value) })] : [],
  )
  const groups = named.hosts.map((entry) => readGroup(place, entry, { implicit, apps: appRoles }))
  const flows = items(field(raw, 'flows')).map((value, index) =>
    accept(flowSchema, partAt(place, value, 'flows', index)),
  )
  const people = items(field(raw, 'people')).map((value, index) =>
    accept(personSchema, partAt(place, value, 'people', index)),
  )
  const differences = accept(differencesSchema, partAt(place, field(raw, 'differences') ?? [], 'differences'))
  const definition: Definition = {
    name: whole.value?.name ?? '',
    place,
    environments: environments.flatMap(({ value }) => value ?? []),
    groups: groups.flatMap(({ value }) => value ?? []),
    apps: apps.flatMap(({ value }) => value ?? []),
    flows: flows.flatMap(({ value }) => value ?? []),
    people: people.flatMap(({ value }, index) => (value ? { index, settings: value } : [])),
    differences: differences.value ?? [],
    named: {
      environments: named.environments.map(([key]) => key),
      groups: named.hosts.map(([key]) => key),
      hosts: named.hosts.flatMap(([key, value]) => hostNames(key, field(value, 'at'))),
      apps: named.apps.map(([key]) => key),
    },
  }
  const parts = [whole, ...environments, ...apps, ...groups, ...flows, ...people, differences]
  return { definition, problems: parts.flatMap(({ problems }) => problems) }
}

const members = (what: string) =>
  z
    .record(z.string(), z.unknown(), `must be an object: ${what} by their names`)
    .refine((value) => Object.keys(value).length > 0, `must have one of the ${what} at least`)

const wholeSchema = settings({
  name,
  environments: members('environments'),
  hosts: members('hosts'),
  apps: z.record(z.string(), z.unknown(), 'must be an object: apps by their names').optional(),
  flows: z.array(z.unknown(), 'must be a list such as [flow("internet", "lb.http")]').optional(),
  people: z.array(z.unknown(), 'must be a list').optional(),
  differences: z.unknown().optional(),
})

function entries(value: unknown): readonly [string, unknown][] {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : []
}

function items(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
