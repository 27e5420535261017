/** What is in the database outlives its machine, and can be brought back; a dump that is of no use is red with the reason. */
import { expect, test } from 'vitest'
import type { Called, World } from './world.ts'

/** Of host `db` with the database `repo`, whose dumps the host `log` keeps. */
export function postgres(world: () => World): void {
  const on = (host: string, script: string) => world().copse('exec', 'dev', '-l', host, '--', script)
  const well = async (called: Promise<Called>) => {
    const { code, stdout, stderr } = await called
    expect(code, stdout + stderr).toBe(0)
    return stdout
  }
  const sql = (text: string) =>
    well(
      on(
        'db',
        `cd /; setpriv --reuid=postgres --regid=postgres --init-groups -- psql -XqAt -d repo -c "${text}"`,
      ),
    )
  const rows = () => sql('SELECT count(*), sum(number) FROM copse_items')
  const all = '20000|200010000'
  const drill = () => world().copse('restore', 'dev', '--drill')

  test('a first dump has been made and restored', { timeout: 60_000 }, async () => {
    expect(await well(world().copse('restore', 'dev', '--list'))).toMatch(/repo\.\d{8}t\d{6}z/)
    expect(await well(drill())).toMatch(/✓ db repo/)
  })

  test('a night and the rebuilding of the machine lose no row', { timeout: 300_000 }, async () => {
    await sql('CREATE TABLE copse_items AS SELECT number FROM generate_series(1, 20000) number')
    await well(on('db', 'systemctl start copse-postgres-dump'))
    await well(world().copse('rebuild', 'dev', 'db'))
    expect((await rows()).trim()).toBe(all)
    expect(await well(drill())).toContain('1 tables are as they were dumped')
  })

  test('a restore brings rows back, and asks first', { timeout: 120_000 }, async () => {
    await sql('DELETE FROM copse_items WHERE number > 5')
    const refused = await world().copse('restore', 'dev', 'repo')
    expect(refused.code).toBe(5)
    expect(refused.stderr).toContain('this replaces the data of repo on db')
    expect((await rows()).trim()).toBe('5|15')
    await well(world().copse('restore', 'dev', 'repo', '--yes'))
    expect((await rows()).trim()).toBe(all)
    await well(world().copse('verify', 'dev', '-l', 'db'))
  })

  const newest = '$(ls /srv/backups/db/repo.*.manifest | tail -n 1)'
  test.each([
    ['truncated', 'truncate -s 2000 "$dump"', 'is truncated: it has 2000 bytes'],
    [
      'corrupted',
      'printf XXXX | dd of="$dump" bs=1 seek=2000 conv=notrunc status=none',
      'is corrupted: it has another sha256',
    ],
    ['too old', 'sed -i "s/^time.*/time\\t1700000000/" "$manifest"', 'old, more than 26 h'],
  ])(
    'a dump that is %s is red with the reason, and nobody restores it',
    {
      timeout: 120_000,
    },
    async (_what, spoil, reason) => {
      const begin = `manifest=${newest}; dump=\${manifest%.manifest}.dump`
      await well(on('log', `${begin}; cp -a "$dump" "$manifest" /root; ${spoil}; chgrp www-data "$manifest"`))
      try {
        const red = await drill()
        expect(red.code).toBe(1)
        expect(red.stdout).toContain(reason)
        const verified = await world().copse('verify', 'dev', '-l', 'db')
        expect(verified.code).toBe(1)
        expect(verified.stdout).toContain(reason)
        expect(await sql('SELECT datname FROM pg_database')).not.toContain('copse_drill')
        expect((await rows()).trim()).toBe(all)
      } finally {
        await well(on('log', `${begin}; mv /root/*.dump "$dump"; mv /root/*.manifest "$manifest"`))
      }
      await well(drill())
    },
  )
}
