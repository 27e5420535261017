/** Static files of apps are given out by web servers of their own hosts, below a name that leads there. */
import type { AppPart, Definition, Group } from '../definition.ts'
import type { Problem } from '../problem.ts'

export function checkAssets({ apps, groups }: Definition): readonly Problem[] {
  return apps.flatMap((app) => {
    const { assets } = app.settings
    if (!assets) return []
    const faults = [nameFault(apps, groups, assets.name), serverFault(groups, app)]
    return faults.flatMap((fault) =>
      fault ? [{ ...fault, origin: { place: app.place, path: [0, 'assets', 'name'] } }] : [],
    )
  })
}

type Fault = Pick<Problem, 'message' | 'hint'>

function nameFault(apps: readonly AppPart[], groups: readonly Group[], name: string): Fault | undefined {
  const known = groups.filter((group) => hasRole(group, 'balancer')).flatMap(({ settings }) => settings.names)
  if (!known.includes(name))
    return {
      message: `assets are to be asked for by the name ${name}, which no balancer has`,
      hint: `add ${name} to the names of the balancer's host`,
    }
  const owner = apps.find(({ names }) => names.includes(name))
  return (
    owner && {
      message: `assets are to be asked for by the name ${name}, which leads to the app ${owner.name} and not to web servers`,
      hint: 'give them a name that no app has, such as cdn',
    }
  )
}

function serverFault(groups: readonly Group[], { name }: AppPart): Fault | undefined {
  const own = groups.filter(({ settings }) => settings.apps.includes(name))
  if (own.length === 0 || own.some((group) => hasRole(group, 'web'))) return undefined
  const names = own.map((group) => group.name).join(', ')
  return {
    message: `no host that runs the app ${name} has the role web, which gives out its assets`,
    hint: `give ${names} the role web()`,
  }
}

function hasRole({ roles }: Group, name: string): boolean {
  return roles.some((role) => role.name === name)
}
