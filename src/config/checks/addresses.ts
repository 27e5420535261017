/** Each host has an address of its own in the subnet of every environment. */
import { formatAddress, type Subnet, size } from '../../lib/ipv4.ts'
import { type Definition, hostsOf, originOf, pathToAt } from '../definition.ts'
import type { Problem } from '../problem.ts'
import { showPath } from '../words.ts'

export function checkAddresses(definition: Definition): readonly Problem[] {
  return [
    ...definition.environments.flatMap((environment) => outside(definition, environment)),
    ...twice(definition),
  ]
}

function outside(
  definition: Definition,
  environment: Definition['environments'][number],
): readonly Problem[] {
  const { subnet } = environment.settings
  return definition.groups.flatMap((group) =>
    hostsOf(group, environment).flatMap(({ at }, index): readonly Problem[] => {
      const fault = faultOf(at, subnet)
      if (fault === undefined) return []
      const path = pathToAt(group, index)
      return [
        {
          message: `${showPath(path)} is ${at}, ${fault} of ${environment.name}'s subnet ${formatAddress(subnet.base)}/${subnet.bits}`,
          hint: `use 2 to ${size(subnet) - 2}`,
          origin: originOf(definition, ...path),
        },
      ]
    }),
  )
}

function faultOf(at: number, subnet: Subnet): string | undefined {
  if (at === 0) return 'the network address'
  if (at === 1) return 'the gateway'
  if (at === size(subnet) - 1) return 'the broadcast address'
  return at >= size(subnet) ? 'outside' : undefined
}

function twice(definition: Definition): readonly Problem[] {
  const all = definition.groups.flatMap((group) =>
    group.hosts.map((host, index) => ({ ...host, path: pathToAt(group, index) })),
  )
  return all.flatMap(({ name, at, path }, index) => {
    const first = all.slice(0, index).find((other) => other.at === at)
    if (!first) return []
    const message = `${showPath(path)} is ${at}, the address of ${first.name} already; ${name} needs its own`
    return [{ message, origin: originOf(definition, ...path) }]
  })
}
