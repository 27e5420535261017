/** A comparison as JUnit XML, as CI servers read it. Pure. */
import type { Compared, Difference } from '../engine/parity/compare.ts'
import type { Parity } from '../engine/parity/parity.ts'
import { xml } from './render-junit.ts'

/** One suite; a test case per place and kind of fact, red where anything of that kind is undeclared there. */
export function parityJunit({ a, b, places, unseen }: Parity): string {
  const cases = [
    ...places.flatMap((place) => casesOf(place, [a, b])),
    ...unseen.map(({ environment, host, detail }) => testCase(host, `seen in ${environment}`, detail)),
  ]
  const red = cases.filter((text) => text.includes('<failure')).length
  const head = `name="copse diff ${xml(a)} ${xml(b)}" tests="${cases.length}" failures="${red}"`
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuite ${head}>\n${cases.join('')}</testsuite>\n`
}

function casesOf(
  { host, facts, differences }: Compared,
  names: readonly [string, string],
): readonly string[] {
  return Object.keys(facts).map((name) => {
    const open = differences.filter((one) => one.name === name && one.kind === 'undeclared')
    return testCase(host || 'definition', name, open.map((one) => told(one, names)).join('; '))
  })
}

function told({ key, a, b }: Difference, names: readonly [string, string]): string {
  return `${key}: ${a ?? 'none'} in ${names[0]}, ${b ?? 'none'} in ${names[1]}`
}

function testCase(host: string, name: string, failure: string): string {
  const inside = failure === '' ? '' : `<failure message="${xml(failure)}"/>`
  return `  <testcase classname="${xml(host)}" name="${xml(name)}">${inside}</testcase>\n`
}
