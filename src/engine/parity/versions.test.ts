/** Versions of another environment, with programs of this test in the place of Debian's. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { office } from '../../../test/fixture/office.ts'
import type { Desired } from '../../model/desired.ts'
import { versionsProgram } from '../remote-scripts.ts'
import { withVersions } from './versions.ts'

let directory: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'copse-versions-'))
  stub('dpkg-query', 'printf "ii  nginx 1.28\\nii  tzdata 2\\nii  curl 8\\nhi  linux 6\\nrc  gone 1\\n"')
  stub('apt-cache', 'printf " nginx | 1.28 | m\\n nginx | 1.26 | m\\n tzdata | 2 | m\\n"')
  stub('apt-get', `echo "$@" >>${join(directory, 'asked')}`)
  writeFileSync(join(directory, 'apt-updated'), '')
  writeFileSync(join(directory, 'list'), 'nginx 1.26\ntzdata 1\ncurl 8\nlinux 5\nelsewhere 1\n')
})

afterEach(() => rmSync(directory, { recursive: true }))

function stub(name: string, script: string): void {
  writeFileSync(join(directory, name), `#!/bin/sh\n${script}\n`)
  chmodSync(join(directory, name), 0o755)
}

const run = (verb: string) =>
  execa('perl', ['-e', versionsProgram(), verb, join(directory, 'list')], {
    env: { PATH: `${directory}:${process.env.PATH}`, COPSE_VAR: directory },
    reject: false,
  })

test('it is told what differs, and whether a mirror still has it; what is held or only there is left alone', async () => {
  expect((await run('differ')).stdout).toBe('nginx 1.28 1.26 had\ntzdata 2 1 gone')
})

test('only what can be had is installed, in that version', async () => {
  expect((await run('lack')).exitCode).toBe(0)
  expect((await run('take')).exitCode).toBe(0)
  const asked = readFileSync(join(directory, 'asked'), 'utf8').trim()
  expect(asked).toMatch(/ install nginx=1\.26$/)
  expect(asked).not.toContain('hold')
})

test('where nothing of it can be had there is nothing to do', async () => {
  stub('apt-cache', 'printf " nginx | 1.28 | m\\n"')
  expect((await run('lack')).exitCode).toBe(1)
})

test('what old lists do not have is looked for in new ones', async () => {
  stub('apt-cache', 'printf " nginx | 1.28 | m\\n"')
  rmSync(join(directory, 'apt-updated'))
  expect((await run('lack')).exitCode).toBe(0)
  expect((await run('take')).exitCode).toBe(0)
  expect(readFileSync(join(directory, 'asked'), 'utf8')).toMatch(/ update\n$/)
  expect((await run('lack')).exitCode).toBe(1)
})

test('a host that has them is given one command more, the others nothing', () => {
  const hosts = office.hosts.map((host) => ({ host, resources: [] }))
  const desired = { environment: office, hosts } as unknown as Desired
  const name = office.hosts[0]?.name ?? ''
  const given = withVersions(desired, 'prod', new Map([[name, 'nginx 1.26\n']]))
  expect(given.hosts.map(({ resources }) => resources.map(({ key }) => key))).toEqual(
    office.hosts.map((host) => (host.name === name ? ['versions of prod'] : [])),
  )
})
