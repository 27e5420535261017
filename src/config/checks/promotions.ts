/** Builds go from one CI host to another, and are of apps. */
import { type Definition, hostsOf, originOf } from '../definition.ts'
import type { Problem } from '../problem.ts'

export function checkPromotions(definition: Definition): readonly Problem[] {
  const { environments, groups, apps } = definition
  const isBuilder = (group: (typeof groups)[number], isDeployer: boolean) =>
    group.roles.some((role) => role.name === 'ci' && (!isDeployer || role.deploys()))
  return environments.flatMap((part) => {
    const has = (isDeployer: boolean) =>
      apps.length > 0 &&
      groups.some((group) => isBuilder(group, isDeployer) && hostsOf(group, part).length > 0)
    const { promotes, accepts } = part.settings
    const problem = (setting: 'promotes' | 'accepts', needs: string): Problem => ({
      message: `environments.${part.name}.${setting} needs apps, and a host with the role ci ${needs}`,
      hint: 'give a host the role ci()',
      origin: originOf(definition, 'environments', part.name, setting),
    })
    return [
      ...(promotes && !has(false) ? [problem('promotes', 'that builds them')] : []),
      ...(accepts && !has(true) ? [problem('accepts', 'that deploys them')] : []),
    ]
  })
}
