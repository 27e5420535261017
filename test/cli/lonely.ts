/** A config whose only host never answers as it should: `closed` refuses connections, `silent` accepts them and says nothing. */
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'

/** A key that nobody has. */
const hostKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiI'

export class Lonely implements Disposable {
  readonly directory: string
  readonly silent = createServer(() => undefined)

  constructor(parent: string) {
    this.directory = join(parent, 'lonely')
  }

  async start(): Promise<void> {
    this.silent.listen(0, '127.0.0.1')
    await once(this.silent, 'listening')
    const address = this.silent.address()
    mkdirSync(this.directory)
    writeFileSync(
      join(this.directory, 'copse.config.ts'),
      configText(address && typeof address === 'object' ? address.port : 0),
    )
  }

  [Symbol.dispose](): void {
    this.silent.close()
  }
}

function configText(silentPort: number): string {
  const at = (port: number) => `machines: existing({
      user: 'root',
      port: ${port},
      servers: { web1: { address: '127.0.0.1', hostKey: '${hostKey}' } },
    }), subnet: '10.71.0.0/24', domain: 'lonely.internal'`
  return `import { defineEcosystem, existing, web } from 'copse'
export default defineEcosystem({
  name: 'lonely',
  environments: {
    closed: { ${at(1)} },
    guarded: { ${at(1)}, protected: true },
    silent: { ${at(silentPort)} },
  },
  hosts: { web: { at: [24], roles: [web()] } },
})
`
}
