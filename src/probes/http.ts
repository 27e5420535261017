/** Does a URL answer with the right status, header and body? */
import { z } from 'zod'
import { lines, type Shell, sh } from '../lib/shell.ts'
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
import { authority, ipv4 } from './words.ts'

const spec = z.strictObject({
  url: z.url({ protocol: /^https?$/ }),
  /** Connect here, whatever the URL's name resolves to. */
  address: ipv4,
  status: z.int().min(100).max(599).default(200),
  /** Text that the body must hold. */
  contains: z.string().optional(),
  /** Response headers by name, with their exact values. */
  headers: z.record(z.string(), oneLine).default({}),
})

type HttpSpec = z.output<typeof spec>

/** What an answer must be like; any body and headers by default. */
export type HttpWanted = Omit<z.input<typeof spec>, 'url' | 'address'>

export const httpKind = defineProbeKind({
  name: 'http',
  spec,
  script: ({ url, address }) =>
    lines([
      new URL(url).protocol === 'https:' ? trust : sh`set --`,
      sh`curl "$@" -sS --globoff --include --connect-timeout 2 --max-time 4 --noproxy '*' --resolve ${entryFor(url, address)} ${url}`,
    ]),
  read(wanted, answer): Reading {
    const response = parseResponse(answer)
    if (!response) return { answers: false, detail: reasonIn(answer.output) }
    const problem = problemOf(wanted, response)
    return { answers: problem === undefined, detail: problem ?? `status ${response.status}` }
  },
})

/** Whom the asker trusts: the environment's authority where it has its certificate, besides those that it trusts anyway. */
const trust: Shell = sh`if [ -r ${authority} ]; then set -- --cacert ${authority}; else set --; fi`

/** curl explains what a certificate is after it has said what is wrong with this one. */
function reasonIn(output: string): string {
  return /^curl: \(\d+\) .+$/m.exec(output)?.[0] ?? lastLine(output)
}

interface Response {
  readonly status: number
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
}

/** `name:port:address`, as curl's --resolve takes it. */
function entryFor(url: string, address: string): string {
  const { hostname, port, protocol } = new URL(url)
  return `${hostname}:${port || (protocol === 'https:' ? '443' : '80')}:${address}`
}

function parseResponse({ code, output }: Answer): Response | undefined {
  const [head = '', ...rest] = output.split('\r\n\r\n')
  const [first = '', ...fields] = head.split('\r\n')
  const status = /^HTTP\/[\d.]+ (\d{3})/.exec(first)?.[1]
  if (code !== 0 || !status) return undefined
  const headers = fields.map((field) => {
    const at = field.indexOf(':')
    return [field.slice(0, at).toLowerCase(), field.slice(at + 1).trim()] as const
  })
  return { status: Number(status), headers: new Map(headers), body: rest.join('\r\n\r\n') }
}

/** What is wrong with a response, in a few words. */
function problemOf(wanted: HttpSpec, { status, headers, body }: Response): string | undefined {
  if (status !== wanted.status) return `status ${status}, wanted ${wanted.status}`
  for (const [name, value] of Object.entries(wanted.headers)) {
    const found = headers.get(name.toLowerCase())
    if (found !== value) return `${name}: ${found ?? 'missing'}, wanted ${value}`
  }
  if (!body.includes(wanted.contains ?? ''))
    return `the body does not contain ${JSON.stringify(wanted.contains)}`
  return undefined
}

/**
 * Does the host answer this URL so? It is asked at its own address, whatever the URL's name resolves to. A certificate is
 * verified by what the asker trusts: one of the environment's own authority only by hosts that have one too.
 */
export function httpProbe(host: Subject, url: string, options: HttpWanted & ProbeOptions = {}): Probe {
  const { from, expect, isFast, ...wanted } = options
  const { host: name, pathname, protocol } = new URL(url)
  const shown = `${protocol === 'https:' ? 'https://' : ''}${name}${pathname === '/' ? '' : pathname}`
  return makeProbe(httpKind, shown, {
    from,
    expect,
    isFast,
    to: host.name,
    spec: spec.parse({ url, address: host.address, ...wanted }),
  })
}
