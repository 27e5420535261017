/** Every name and address of the office, asked as the operator and from another host. */
import { execa } from 'execa'
import { expect, test } from 'vitest'
import type { World } from './world.ts'

export function names(world: () => World, hosts: readonly string[]): void {
  const server = () => world().address('dns')

  test('the operator is answered with authority for every name and address', async () => {
    for (const host of hosts) {
      const address = world().address(host)
      expect(await dig(server(), `dev${host}.office.internal`)).toEqual({
        values: [address],
        isAuthoritative: true,
        status: 'NOERROR',
      })
      expect(await dig(server(), '-x', address)).toEqual({
        values: [`dev${host}.office.internal.`],
        isAuthoritative: true,
        status: 'NOERROR',
      })
    }
    for (const name of ['www', 'cdn', 'repo'])
      expect((await dig(server(), `${name}.office.internal`)).values).toEqual([world().address('lb')])
  })

  test('a host is answered in the same way, through its own resolver', async () => {
    const asked = await world().copse(
      'exec',
      'dev',
      '-l',
      'web1',
      '--',
      'dig +short www.office.internal; getent hosts www',
    )
    expect(asked.code, asked.stderr).toBe(0)
    expect(asked.stdout).toContain(world().address('lb'))
  })

  test('copse dns finds every name answered as wanted', async () => {
    const listed = await world().copse('dns', 'dev', '--json')
    expect(listed.code, listed.stderr).toBe(0)
    const rows: readonly { readonly ok: boolean }[] = JSON.parse(listed.stdout).names
    expect(rows.length).toBeGreaterThanOrEqual(2 * hosts.length + 3)
    expect(rows.filter(({ ok }) => !ok)).toEqual([])
  })

  test('a name outside the zone is resolved for the LAN', async () => {
    const asked = await world().copse('exec', 'dev', '-l', 'web1', '--', 'getent hosts deb.debian.org')
    expect(asked.code, asked.stderr).toBe(0)
  })

  test('a query from an address outside the LAN is not answered', { timeout: 60_000 }, async () => {
    await execa('ip', ['address', 'add', '198.51.100.9/32', 'dev', 'lo'])
    try {
      for (const name of ['www.office.internal', 'deb.debian.org'])
        expect((await dig(server(), '-b', '198.51.100.9', name)).values).toEqual([])
    } finally {
      await execa('ip', ['address', 'del', '198.51.100.9/32', 'dev', 'lo'])
    }
  })
}

async function dig(server: string, ...question: string[]) {
  const { stdout } = await execa('dig', ['+time=2', '+tries=2', `@${server}`, ...question], {
    // A packet that a firewall drops is no answer either.
    reject: false,
  })
  return {
    values: [...stdout.matchAll(/^[^;\s]\S*\s+\d+\s+IN\s+(?:A|PTR)\s+(\S+)$/gm)].map(([, value]) => value),
    isAuthoritative: /flags:[^;]*\baa\b/.test(stdout),
    status: /status: (\w+)/.exec(stdout)?.[1],
  }
}
