/** Every script that runs on a host as root is looked at by shellcheck. */
import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { askScript, dueScript } from '../../src/engine/acme.ts'
import { remoteScripts } from '../../src/engine/remote-scripts.ts'
import { boxScripts } from '../../src/machines/incus/ssh-box-files.ts'
import { socketScript } from '../../src/machines/incus/ssh-box-sockets.ts'
import type { Resource } from '../../src/model/resource.ts'
import { askProgram } from '../../src/probes/asking.ts'
import { archive } from '../../src/resources/archive.ts'
import { certificate } from '../../src/resources/certificate.ts'
import { directory } from '../../src/resources/directory.ts'
import { file } from '../../src/resources/file.ts'
import { allKinds, kindNamed } from '../../src/resources/index.ts'
import type { Found } from '../../src/resources/kind.ts'
import { line } from '../../src/resources/line.ts'
import { link } from '../../src/resources/link.ts'
import { observeScript, perlObservers } from '../../src/resources/observed.ts'
import { withSources } from '../../src/resources/sources.ts'
import { balancedBy } from '../../src/roles/haproxy-drain.ts'
import { pulse } from '../../src/transports/ssh/over.ts'

const isThere = spawnSync('shellcheck', ['--version']).status === 0

/** What shellcheck says; empty when it has nothing to say. */
function complaints(script: string): string {
  return spawnSync('shellcheck', ['-s', 'sh', '-'], { input: script, encoding: 'utf8' }).stdout
}

const host = { name: 'web1', machine: 'devweb1', fqdn: 'devweb1.office.internal', address: '10.61.0.24' }

/** A resource of each kind that stands on disk, with every option that adds to its scripts. */
const samples: readonly Resource[] = [
  file('/etc/sample/a.conf', { content: 'a\n', validate: 'cat %s', confirm: { reload: ['ssh'] } }),
  directory('/etc/sample/d', { exclusive: true }),
  link('/etc/sample/l', 'd'),
  certificate('sample', { host, group: 'mail' }),
  line('/etc/sample/lines', 'a = 1', { match: '^a =' }),
  withSources(archive('/opt/sample', { source: '/sample.tar.gz', strip: 1 }), () => new Uint8Array()),
]

function scriptsOf(resource: Resource, found: Found | undefined): readonly string[] {
  const kind = kindNamed(resource.kind)
  const bound = kind?.bind(resource)
  if (!kind || !bound) return []
  const { script, prepare } = bound.apply({ action: found ? 'update' : 'create', why: [] }, found)
  return [script, prepare, kind.remove(bound.key, found ?? {}).script].flatMap((part) => part?.shell ?? [])
}

describe.skipIf(!isThere)('shellcheck has nothing to say about', () => {
  test.each(allKinds())('how a $name is observed', (kind) => {
    expect(complaints(`set -eu\n${observeScript(kind)}`)).toBe('')
  })

  test('how a balancer is told of a server', () => {
    const servers = [{ name: 'web1', host: 'web1', address: '10.61.0.24', port: 80 }]
    const told = balancedBy([{ name: 'web.http', hosts: [], servers, health: '/' }])
    expect(told.flatMap(({ drain, restore }) => [complaints(drain), complaints(restore)])).toEqual(['', ''])
  })

  test.each([dueScript, askScript])('how a certificate by ACME is asked for', (script) => {
    expect(complaints(script)).toBe('')
  })

  test.each(samples)('how a $kind is made, changed and removed', (resource) => {
    const found = [
      undefined,
      { type: resource.kind, sha: kindNamed(resource.kind)?.bind(resource).hint ?? '' },
    ]
    const scripts = found.flatMap((state) => scriptsOf(resource, state))
    expect(scripts.length).toBeGreaterThan(3)
    expect(scripts.map((script) => complaints(`set -eu\n${script}\n`)).join('')).toBe('')
  })
})

test.skipIf(!isThere)('shellcheck finds a value that is not quoted', () => {
  expect(complaints('rm -rf $1\n')).toContain('SC2086')
})

test.each([
  ['the observers', perlObservers(allKinds())],
  ['what asks them', remoteScripts.look],
  ['what asks probes', askProgram()],
  ['what starts a session', remoteScripts.apply],
  ['a session', remoteScripts.session],
])('Perl compiles %s without a warning', (_what, program) => {
  const { stderr } = spawnSync('perl', ['-wc'], { input: program, encoding: 'utf8' })
  expect(stderr).toBe('- syntax OK\n')
})

describe('what runs on a box that is reached by SSH', () => {
  test.runIf(isThere).each(Object.entries({ ...boxScripts, look: socketScript, pulse }))(
    '%s',
    (_name, script) => {
      expect(complaints(`${script}\n`)).toBe('')
    },
  )
})
