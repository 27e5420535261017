/** What goes wrong on a box: each is one clear message with the right exit code, and the next up converges. */
import { expect, test } from 'vitest'
import type { World } from './world.ts'

/** The engine behind copse's back. */
export interface Engine {
  engine(...words: string[]): Promise<string>
  /** The name of a host's machine there. */
  instance(host: string): Promise<string>
}

export function trouble(world: () => World, { engine, instance }: Engine): void {
  test('a machine that was deleted behind its back is planned and made again', {
    timeout: 240_000,
  }, async () => {
    await engine('delete', '--force', await instance('web2'))
    const plan = await world().copse('plan', 'dev')
    expect(plan.stdout).toMatch(/\+ machine.*web2/)
    const up = await world().copse('up', 'dev')
    expect(up.code, up.stderr).toBe(0)
  })

  test('a host whose key changed is refused with 5, nothing is sent to it, and rebuild heals', {
    timeout: 240_000,
  }, async () => {
    const web1 = await instance('web1')
    await engine(
      'exec',
      web1,
      '--',
      'sh',
      '-c',
      'rm /etc/ssh/ssh_host_*; ssh-keygen -q -t ed25519 -N "" -f /etc/ssh/ssh_host_ed25519_key; systemctl restart ssh',
    )
    const up = await world().copse('up', 'dev')
    expect(up.code, up.stderr).toBe(5)
    expect(up.stderr).toContain('web1')
    const rebuilt = await world().copse('rebuild', 'dev', 'web1', '--yes')
    expect(rebuilt.code, rebuilt.stderr).toBe(0)
  })

  test('a package that no source has fails that host with its name, and the others finish', {
    timeout: 240_000,
  }, async () => {
    await world().edit('web: { at:', "web: { resources: [pkg('no-such-package-here')], at:")
    await world().edit('import {', 'import { pkg,')
    const up = await world().copse('up', 'dev')
    expect(up.code, up.stderr).toBe(3)
    expect(up.stdout + up.stderr).toContain('no-such-package-here')
    await world().edit("web: { resources: [pkg('no-such-package-here')], at:", 'web: { at:')
    await world().edit('import { pkg,', 'import {')
    expect((await world().copse('up', 'dev')).code).toBe(0)
  })

  test('somebody holding the apt lock is waited for', { timeout: 240_000 }, async () => {
    // Copse waits for whatever holds the output of a command.
    const hold = '(flock 9; sleep 12) 9>/var/lib/dpkg/lock-frontend >/dev/null 2>&1 & sleep 1'
    const began = performance.now()
    const held = await world().copse('exec', 'dev', '-l', 'web1', '--', `apt-get remove -y -q curl; ${hold}`)
    expect(held.code, held.stderr).toBe(0)
    const up = await world().copse('up', 'dev')
    expect(up.code, up.stderr).toBe(0)
    expect(performance.now() - began).toBeGreaterThan(12_000)
  })

  test('two runs at once never interleave: the second waits or is told who works', {
    timeout: 120_000,
  }, async () => {
    await world().copse('exec', 'dev', '-l', 'web1', '--', 'rm /etc/copse/environment.json')
    const both = await Promise.all([world().copse('up', 'dev'), world().copse('up', 'dev')])
    const codes = both.map(({ code }) => code).sort()
    expect([JSON.stringify([0, 0]), JSON.stringify([0, 4])]).toContain(JSON.stringify(codes))
    for (const { code, stderr } of both) if (code === 4) expect(stderr).toContain('up')
    expect((await world().copse('drift', 'dev')).code).toBe(0)
  })
}
