/** Jenkins in place of copse's own CI server; see docs/jenkins.md. its two files are made by the commands there. */
import { readFileSync } from 'node:fs'
import { defineEcosystem, incus } from 'copse'
import { jenkins } from '../../../examples/jenkins/jenkins.ts'

const beside = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8')

export default defineEcosystem({
  name: 'builds',
  environments: {
    dev: {
      machines: incus({ box: 'local' }),
      subnet: '10.64.0.0/24',
      domain: 'builds.internal',
      prefix: 'dev',
    },
  },
  hosts: {
    ci: {
      at: 23,
      roles: [
        jenkins({
          key: beside('jenkins.asc'),
          pluginManager: { version: '2.13.2', sha256: beside('plugin-manager.sha256').slice(0, 64) },
        }),
      ],
      limits: { memory: 2048 },
    },
  },
})
