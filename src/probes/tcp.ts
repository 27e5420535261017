/** Is a TCP port open? `closed` is proven by a refusal as well as by silence. */
import { z } from 'zod'
import { sh } from '../lib/shell.ts'
import type { Probe } from '../model/probe.ts'
import { defineProbeKind, lastLine, makeProbe, type ProbeOptions, type Subject } from './kind.ts'
import { ipv4, portNumber } from './words.ts'

const spec = z.strictObject({ address: ipv4, port: portNumber })

export const tcpKind = defineProbeKind({
  name: 'tcp',
  spec,
  // perl-base is essential on Debian; curl's telnet:// cannot tell an open but silent port from a dropped packet.
  script: ({ address, port }) =>
    sh`perl -MIO::Socket::INET -e 'IO::Socket::INET->new(PeerAddr => shift, PeerPort => shift, Timeout => 3) or die $@, "\\n"' ${address} ${port}`,
  read: (_spec, { code, output }) =>
    code === 0 ? { answers: true, detail: 'open' } : { answers: false, detail: reasonIn(output) },
})

/** `IO::Socket::INET: connect: Connection refused` without what is the same each time. */
function reasonIn(output: string): string {
  return lastLine(output).replace(/^IO::Socket::INET: (connect: )?/, '')
}

/** Is this TCP port of the host open? */
export function tcpProbe(host: Subject, port: number, options: ProbeOptions = {}): Probe {
  return makeProbe(tcpKind, `${host.name}:${port}`, {
    ...options,
    to: host.name,
    spec: spec.parse({ address: host.address, port }),
  })
}
