import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { Jump } from '../ssh-target.ts'
import { sshArguments, sshConfigStanza, writeKnownHosts } from './arguments.ts'

const directory = mkdtempSync(join(tmpdir(), 'ssh arguments %h-'))
afterAll(() => rmSync(directory, { recursive: true }))

const link = {
  alias: 'devweb1.office.internal',
  knownHosts: join(directory, 'known_hosts'),
  target: {
    address: '10.61.0.24',
    user: 'ops',
    port: 2222,
    identityFile: `${directory}/my "key" at 100%`,
    hostKey: 'ssh-ed25519 AAAAC3Nz comment',
  },
}

/** What OpenSSH itself makes of it. */
function settingsOf(argv: readonly string[]): string {
  return execFileSync('ssh', ['-G', ...argv], { encoding: 'utf8', stdio: 'pipe' })
}

const wanted = [
  'hostname 10.61.0.24',
  'user ops',
  'port 2222',
  // Printed as given; OpenSSH expands it when it reads the key, and known_hosts paths before.
  `identityfile ${link.target.identityFile.replaceAll('%', '%%')}`,
  'identitiesonly yes',
  `userknownhostsfile ${link.knownHosts}`,
  'globalknownhostsfile /dev/null',
  'hostkeyalias devweb1.office.internal',
  'stricthostkeychecking true',
  'forwardagent no',
]

test('the arguments of ssh say whom to trust and how to get in', () => {
  const settings = settingsOf(sshArguments(link)).split('\n')
  expect(settings).toEqual(expect.arrayContaining(wanted))
})

test('a stanza of ssh_config says the same, under each name', () => {
  const file = join(directory, 'config')
  writeFileSync(file, sshConfigStanza(link, ['web1', 'devweb1']))
  for (const name of ['web1', 'devweb1'])
    expect(settingsOf(['-F', file, name]).split('\n')).toEqual(expect.arrayContaining(wanted))
})

test('a host behind another is reached through it, by the settings for that, or over a connection that is there', () => {
  const through = (jump: Jump) => ({ ...link, target: { ...link.target, jump } })
  const own = through({ destination: 'ops@hpcube' })
  expect(settingsOf(sshArguments(own))).toContain("\nproxycommand ssh -W '[%h]:%p' -- ops@hpcube\n")
  const file = join(directory, 'config')
  writeFileSync(file, sshConfigStanza(own, ['web1']))
  expect(settingsOf(['-F', file, 'web1'])).toContain("\nproxycommand ssh -W '[%h]:%p' -- ops@hpcube\n")
  const shared = settingsOf(sshArguments(through({ destination: 'hpcube', controlPath: '/run/c 1%/s' })))
  expect(shared).toContain(
    `\nproxycommand ssh -o BatchMode=yes -o ControlMaster=no -o 'ControlPath="/run/c 1%%%%/s"' -W '[%h]:%p' -- hpcube\n`,
  )
})

test('an address that looks like an option stays an address', () => {
  const argv = sshArguments({ ...link, target: { address: '-oProxyCommand=id' } })
  expect(argv.slice(-2)).toEqual(['--', '-oProxyCommand=id'])
})

test('a value that would end its line is not accepted', () => {
  const target = { address: '10.61.0.24', user: 'ops\nProxyCommand id' }
  expect(() => sshConfigStanza({ ...link, target }, ['web1'])).toThrow(TypeError)
})

test('known_hosts holds the pinned keys without their comments', async () => {
  const other = { alias: 'own', target: { address: '10.61.0.25' } }
  const file = await writeKnownHosts(join(directory, 'state'), [link, other])
  expect(readFileSync(file, 'utf8')).toBe('devweb1.office.internal ssh-ed25519 AAAAC3Nz\n')
})
