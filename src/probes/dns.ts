/** Does a DNS server know a name, and does it speak for it? */
import { z } from 'zod'
import { reverseName } from '../lib/ipv4.ts'
import { type Shell, sh } from '../lib/shell.ts'
import type { Probe } from '../model/probe.ts'
import { oneLine } from '../resources/words.ts'
import {
  type Answer,
  defineProbeKind,
  lastLine,
  makeProbe,
  type ProbeOptions,
  type Reading,
  type Subject,
} from './kind.ts'
import { ipv4 } from './words.ts'

const spec = z.strictObject({
  /** The server's address. */
  server: ipv4,
  /** The name asked for; of a PTR the address, `10.61.0.20`. */
  name: oneLine.min(1),
  type: z.enum(['A', 'PTR']).default('A'),
  /** All the values, in any order, without trailing dots; any when absent. */
  want: z.array(z.string()).readonly().optional(),
  /** Must the server speak for the zone itself (AA)? Either way when absent. */
  authoritative: z.boolean().optional(),
  status: z.enum(['NOERROR', 'NXDOMAIN', 'REFUSED', 'SERVFAIL']).default('NOERROR'),
})

type DnsSpec = z.output<typeof spec>

/** The question and what must come back. */
export type DnsWanted = Omit<z.input<typeof spec>, 'server'>

export const dnsKind = defineProbeKind({
  name: 'dns',
  spec: spec,
  together: ({ server }) => server,
  // A server that does not answer the first question is not asked the others: each would wait for it again.
  script: (spec, ...others) => (others.length === 0 ? ask([spec]) : sh`${ask([spec])} && ${ask(others)}`),
  read(wanted, answer): Reading {
    const reply = parseReply(wanted, answer)
    if (!reply) return { answers: false, detail: reasonIn(answer.output) }
    const problem = problemOf(wanted, reply)
    return { answers: problem === undefined, detail: problem ?? describe(reply) }
  },
})

/** All questions are for the same server. */
function ask(specs: readonly DnsSpec[]): Shell {
  const questions = specs.flatMap((spec) => ['-q', questionOf(spec), '-t', spec.type])
  const server = `@${specs[0]?.server}`
  return sh`dig +time=2 +tries=2 +noall +comments +question +answer ${server} ${questions}`
}

function questionOf({ type, name }: DnsSpec): string {
  return type === 'PTR' ? reverseName(name) : name
}

interface Reply {
  readonly status: string
  readonly isAuthoritative: boolean
  readonly values: readonly string[]
}

/** Undefined when no server replied to this question. */
function parseReply(spec: DnsSpec, { output }: Answer): Reply | undefined {
  const { type } = spec
  const replies = output.split(/^(?=;; Got answer:)/m)
  const reply = replies.find((text) => isReplyTo(spec, text)) ?? ''
  const status = /^;; ->>HEADER<<-.* status: (\w+),/m.exec(reply)?.[1]
  const flags = /^;; flags:([a-z ]*);/m.exec(reply)?.[1]
  if (!status || flags === undefined) return undefined
  const records = reply.matchAll(new RegExp(`^[^;\\s]\\S*\\s+\\d+\\s+IN\\s+${type}\\s+(\\S+)$`, 'gm'))
  return {
    status,
    isAuthoritative: flags.split(' ').includes('aa'),
    values: [...records].map(([, value = '']) => value.replace(/\.$/, '').toLowerCase()).sort(),
  }
}

function isReplyTo(spec: DnsSpec, text: string): boolean {
  const [, name = '', type] = /^;(\S+)\s+IN\s+(\S+)$/m.exec(text) ?? []
  const wanted = questionOf(spec).replace(/\.$/, '').toLowerCase()
  return type === spec.type && name.replace(/\.$/, '').toLowerCase() === wanted
}

/** `;; communications error to 10.61.0.21#53: timed out`, without what is the same each time. */
function reasonIn(output: string): string {
  return /^;; communications error to .*: (.+)$/m.exec(output)?.[1] ?? lastLine(output).replace(/^;+ */, '')
}

/** What is wrong with a reply, in a few words. */
function problemOf(wanted: DnsSpec, reply: Reply): string | undefined {
  if (reply.status !== wanted.status) return `${reply.status}, wanted ${wanted.status}`
  const want = wanted.want?.map((value) => value.toLowerCase()).sort()
  if (want && want.join(' ') !== reply.values.join(' '))
    return `${reply.values.join(' ') || 'no record'}, wanted ${want.join(' ') || 'none'}`
  if (wanted.authoritative === undefined || wanted.authoritative === reply.isAuthoritative) return undefined
  return `${describe(reply)}, wanted ${wanted.authoritative ? 'an authoritative answer' : 'a second-hand answer'}`
}

function describe({ status, values, isAuthoritative }: Reply): string {
  return `${values.join(' ') || status}${isAuthoritative ? ', authoritative' : ''}`
}

/** Does this DNS server answer so? */
export function dnsProbe(server: Subject, options: DnsWanted & ProbeOptions): Probe {
  const { from, expect, isFast, ...wanted } = options
  return makeProbe(dnsKind, options.name, {
    from,
    expect,
    isFast,
    to: server.name,
    spec: spec.parse({ server: server.address, ...wanted }),
  })
}
