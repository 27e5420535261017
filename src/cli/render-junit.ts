/** Verdicts as JUnit XML, as CI servers read it. Pure. */
import type { Verdict } from '../model/probe.ts'
import { printableLine } from './printable.ts'

/** One suite; a test case per probe, its class the host that it asks about. */
export function renderJunit(environment: string, verdicts: readonly Verdict[]): string {
  const red = verdicts.filter(({ ok }) => !ok).length
  const seconds = verdicts.reduce((sum, { ms }) => sum + ms, 0) / 1000
  const head = `name="copse verify ${xml(environment)}" tests="${verdicts.length}" failures="${red}" time="${seconds}"`
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuite ${head}>\n${verdicts.map(testCase).join('')}</testsuite>\n`
}

function testCase({ probe, ok, ms, detail }: Verdict): string {
  const from = probe.from === 'operator' ? 'operator' : probe.from.host
  const name = `${probe.name} from ${from}${probe.expect === 'closed' ? ', must be closed' : ''}`
  const failure = ok ? '' : `<failure message="${xml(detail)}"/>`
  return `  <testcase classname="${xml(probe.to)}" name="${xml(name)}" time="${ms / 1000}">${failure}</testcase>\n`
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** Text for an attribute. */
export function xml(text: string): string {
  return printableLine(text).replaceAll(/[&<>"]/g, (character) => entities[character] ?? character)
}
