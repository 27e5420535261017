/** Every kind keeps its contract on real Debian machines: apply, then an empty diff; remove, then gone. */
import { afterAll, beforeAll, describe, test } from 'vitest'
import { applyHost } from '../../src/engine/apply.ts'
import { observe } from '../../src/engine/observe.ts'
import { bindAll, planHost } from '../../src/engine/plan-host.ts'
import { authorityKey, type OpenSecrets, openSecrets } from '../../src/engine/secrets/open.ts'
import { certify, makeAuthorityKey } from '../../src/engine/tls/authority.ts'
import type { Resource, ResourceList } from '../../src/model/resource.ts'
import { openSsh } from '../../src/transports/ssh/open.ts'
import type { Transport } from '../../src/transports/transport.ts'
import { type ContractHost, proveKind } from '../contract/kind-case.ts'
import { diskCases } from '../contract/kinds-disk.ts'
import { systemCases } from '../contract/kinds-system.ts'
import { tlsCases } from '../contract/kinds-tls.ts'
import type { PlainServer } from '../fixture/plain-server.ts'
import { type PlainServers, plainServers } from '../fixture/plain-servers.ts'

const signal = new AbortController().signal
const identity = 'ecosystem=kinds\nenvironment=test\nhost=plain\n'

const disk = diskCases()
afterAll(() => disk[Symbol.dispose]())

describe.each([12, 13] as const)('on Debian %i', (release) => {
  let fixture: PlainServers
  let transport: Transport & AsyncDisposable
  let host: ContractHost

  beforeAll(async () => {
    fixture = await plainServers()
    const server = await fixture.server({ name: `kinds-${release}`, release })
    transport = await openSsh(server, { alias: server.name, signal })
    const key = await makeAuthorityKey()
    const certificate = await certify(key, { ecosystem: 'kinds', name: 'test' })
    const secrets = openSecrets(new Map([[authorityKey, key]]), { certificate })
    host = contractHost(server, { transport, secrets })
  }, 600_000)

  afterAll(async () => {
    await transport?.[Symbol.asyncDispose]()
    await fixture?.[Symbol.asyncDispose]()
  }, 60_000)

  test.each([...systemCases, ...tlsCases, ...disk.cases])('$title', { timeout: 180_000 }, (proven) =>
    proveKind(host, proven),
  )
})

interface Way {
  readonly transport: Transport
  readonly secrets: OpenSecrets
}

function contractHost(server: PlainServer, { transport, secrets }: Way): ContractHost {
  let run = 0
  return {
    async plan(resources) {
      const wanted = bindAll(flatten(resources), { secrets })
      return planHost({
        host: server.name,
        wanted,
        found: await observe(transport, wanted, { signal, waitMs: 5000 }),
        identity,
        now: Date.now(),
      })
    },
    apply(plan) {
      run += 1
      const context = { signal, stateDir: '', emit: () => undefined }
      return applyHost(context, { plan, transport }, { run, waitMs: 5000, secrets })
    },
    async shell(command) {
      const { code, stdout, stderr } = await server.exec(command)
      return { code, output: stdout + stderr }
    },
  }
}

function flatten(resources: ResourceList): readonly Resource[] {
  return resources.flatMap((one) => ('kind' in one ? [one] : flatten(one)))
}
