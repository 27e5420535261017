/** What must differ between environments, and what stands for it when they are compared: names, domain, addresses. Pure. */
import { formatAddress, parseSubnet, size } from '../../lib/ipv4.ts'
import type { Environment } from '../../model/environment.ts'

/** Texts of an environment, with the words that stand for them in each; its own name is a word like `dev`, which means much else. */
export type Names = ReadonlyMap<string, string>

export function namesOf({ hosts, domain, subnet, gateway }: Environment): Names {
  const network = parseSubnet(subnet)
  const broadcast = network ? formatAddress(network.base + size(network) - 1) : ''
  return new Map([
    [domain, 'DOMAIN'],
    [subnet, 'SUBNET'],
    [subnet.replace(/\/.*/, ''), 'NETWORK'],
    [broadcast, 'BROADCAST'],
    [gateway, 'GATEWAY'],
    ...hosts.flatMap((host): readonly [string, string][] => [
      [host.fqdn, `${host.name}.DOMAIN`],
      [host.machine, host.name],
      [host.address, `ADDRESS-OF-${host.name}`],
    ]),
  ])
}

/** As `facts.pl` does it: whole words, the longest first. */
export function neutralise(text: string, names: Names): string {
  return text.replaceAll(patternOf(names), (word) => names.get(word) ?? word)
}

/** One pattern serves thousands of texts. */
const known = new WeakMap<Names, RegExp>()

function patternOf(names: Names): RegExp {
  const words = [...names.keys()]
    .filter((word) => word !== '')
    .toSorted((a, b) => b.length - a.length)
    .map((word) => RegExp.escape(word))
  const pattern = known.get(names) ?? new RegExp(`(?<![\\w-])(?:${words.join('|')})(?![\\w-])`, 'g')
  known.set(names, pattern)
  return pattern
}

/** The file that `facts.pl` reads. */
export function namesText(names: Names): string {
  return [...names]
    .filter(([word]) => word !== '')
    .map((pair) => `${pair.join('\t')}\n`)
    .join('')
}
