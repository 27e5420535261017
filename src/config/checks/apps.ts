/** Apps have names and ports of their own, hosts that there are list them, and they use what there is. */
import { type AppPart, type Definition, type Group, hostsOf, originOf } from '../definition.ts'
import type { Problem } from '../problem.ts'
import { show, suggest } from '../words.ts'

export function checkApps(definition: Definition): readonly Problem[] {
  return [
    ...definition.groups.flatMap((group) => unknownApps(definition, group)),
    ...definition.apps.flatMap((app) => [
      ...namedLikeAnother(definition, app),
      ...uselessUses(definition, app),
      ...withoutBuilder(definition, app),
    ]),
  ]
}

function unknownApps(definition: Definition, { name, settings }: Group): readonly Problem[] {
  const known = definition.named.apps
  return settings.apps.flatMap((app, index) => {
    const origin = originOf(definition, 'hosts', name, 'apps', index)
    if (!known.includes(app))
      return [
        { message: `${name} is to run ${show(app)}, which is no app`, hint: suggest(app, known), origin },
      ]
    return settings.apps.indexOf(app) < index
      ? [{ message: `${name} lists the app ${app} twice`, origin }]
      : []
  })
}

/** Flows and endpoints name hosts, groups, roles and apps by one word. */
function namedLikeAnother({ groups, named }: Definition, { name, place }: AppPart): readonly Problem[] {
  const roles = groups.flatMap((group) => group.roles.filter((role) => role.place !== place))
  const others = [...named.groups, ...named.hosts, ...roles.map((role) => role.name)]
  if (!others.includes(name)) return []
  const message = `the app ${name} has the name of a host, a group or a role`
  return [{ message, hint: 'give it another name', origin: { place, path: [] } }]
}

/** Some environment may lack a host; then the app finds nothing there, as roles do. */
function uselessUses(definition: Definition, { name, place, settings }: AppPart): readonly Problem[] {
  const known = [...doorsOf(definition), ...definition.named.apps.filter((app) => app !== name)]
  return settings.uses.flatMap((word, index): readonly Problem[] => {
    const origin = { place, path: [0, 'uses', index] }
    if (!known.includes(word)) {
      const message = `${name} uses ${show(word)}, which is neither an endpoint nor another app`
      return [{ message, hint: suggest(word, known), origin }]
    }
    const other = definition.apps.find((app) => app.name === word)
    if (!other || definition.groups.some((group) => isBalancerOf(group, other))) return []
    const message = `${name} uses the app ${word}, which no balancer has as a name`
    return [{ message, hint: `add ${word} to the names of the balancer's host`, origin }]
  })
}

function isBalancerOf({ roles, settings }: Group, { names }: AppPart): boolean {
  return roles.some(({ name }) => name === 'balancer') && names.some((name) => settings.names.includes(name))
}

function doorsOf({ groups, named }: Definition): readonly string[] {
  return groups.flatMap(({ roles }) =>
    roles
      .filter(({ name }) => !named.apps.includes(name))
      .flatMap((role) => Object.keys(role.endpoints()).flatMap((door) => [door, `${role.name}.${door}`])),
  )
}

/** Builds and what came of them are kept on the host with the role ci. */
function withoutBuilder(definition: Definition, { name, place }: AppPart): readonly Problem[] {
  const { environments, groups } = definition
  const isRun = groups.some(({ settings }) => settings.apps.includes(name))
  const builders = groups.filter(({ roles }) => roles.some((role) => role.name === 'ci'))
  const lacking = environments.filter((part) => builders.every((group) => hostsOf(group, part).length === 0))
  if (!isRun || lacking.length === 0) return []
  const message = `the app ${name} needs a host with the role ci, where apps are built and kept; ${lacking.map((part) => part.name).join(', ')} has none`
  return [{ message, hint: 'give a host the role ci()', origin: { place, path: [] } }]
}
