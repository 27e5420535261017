/** What the kinds that are a system's state run on a host is looked at by shellcheck; where there is none it must parse. */
import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { authorizedKey, authorizedKeys } from '../../src/resources/authorized-keys.ts'
import { command } from '../../src/resources/command.ts'
import { group } from '../../src/resources/group.ts'
import { kindNamed } from '../../src/resources/index.ts'
import type { Step } from '../../src/resources/kind.ts'
import { mask } from '../../src/resources/mask.ts'
import { pkg } from '../../src/resources/package.ts'
import { sysctl } from '../../src/resources/sysctl.ts'
import { unit } from '../../src/resources/unit.ts'
import { user } from '../../src/resources/user.ts'

const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA it's $(mine) `or` not"
const resources = [
  pkg('nginx', { version: '1.2-3' }),
  pkg('nginx', { state: 'held' }),
  pkg('nginx', { state: 'absent' }),
  group('crew', { gid: 2000 }),
  user('ana', { comment: "O'Neil; & *", groups: [] }),
  user('app', { system: true }),
  authorizedKeys('ana', [key]),
  authorizedKey('ana', key),
  unit('app'),
  unit('app', { started: false, enabled: false }),
  mask('app'),
  sysctl('net.ipv4.tcp_rmem', "1 2' 3"),
  command('true', { creates: "/it's" }),
].flatMap((resource) => ('kind' in resource ? resource : resource.flat().filter((one) => 'kind' in one)))

const verbs = ['restart', 'reload', 'start', 'stop', 'none']

/** The scripts of a step, and those among what travels beside them. */
function scriptsOf({ script, prepare, payloads = {} }: Step): readonly string[] {
  const texts = Object.values(payloads).flatMap((payload) => ('text' in payload ? payload.text : []))
  return [
    script.shell,
    ...(prepare ? [prepare.shell] : []),
    ...texts.filter((text) => text.startsWith('#!/bin/sh')),
  ]
}

function complaints(script: string): string {
  const [command = '', ...words] = hasShellcheck ? ['shellcheck', '-s', 'sh', '-'] : ['sh', '-n']
  const { stdout, stderr } = spawnSync(command, words, { input: `set -eu\n${script}\n`, encoding: 'utf8' })
  return stdout + stderr
}

const hasShellcheck = spawnSync('shellcheck', ['--version']).status === 0

test.each(resources.map((resource, index) => ({ ...resource, index })))(
  'nothing is wrong with how $kind $key is made, changed and removed ($index)',
  ({ kind: name, key, spec }) => {
    const kind = kindNamed(name)
    const actions = ['create', 'update'] as const
    const steps = actions.flatMap((action) =>
      verbs.map((verb) => kind?.bind({ spec }).apply({ action, why: [], memo: { verb } }, undefined)),
    )
    const found = { file: '/home/ana/.ssh/authorized_keys' }
    const scripts = [...steps, kind?.remove(key, found)].flatMap((step) => (step ? scriptsOf(step) : []))
    expect(scripts.length).toBeGreaterThan(2)
    expect([...new Set(scripts)].map(complaints).join('')).toBe('')
  },
)
