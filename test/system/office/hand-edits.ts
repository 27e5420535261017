/** What somebody changes on a host by hand is named by plan and drift, and mended by up; what is theirs stays. */
import { expect, test } from 'vitest'
import type { World } from './world.ts'

/** One edit by hand, the thing that must be named, and a check that it is mended. */
const edits = [
  {
    host: 'web1',
    edit: 'echo "# by hand" >> /etc/hosts',
    named: 'file /etc/hosts',
    mended: '! grep -q "by hand" /etc/hosts',
  },
  {
    host: 'web1',
    edit: 'chmod 666 /etc/copse/environment.json',
    named: '/etc/copse/environment.json',
    mended: 'test "$(stat -c %a /etc/copse/environment.json)" = 644',
  },
  { host: 'web2', edit: 'systemctl stop nginx', named: 'unit nginx', mended: 'systemctl is-active nginx' },
  {
    host: 'web2',
    edit: 'apt-get remove -y -q bind9-dnsutils',
    named: 'package bind9-dnsutils',
    mended: 'dig -v',
  },
  {
    host: 'web2',
    edit: 'echo "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHp4bJV3m0iuC0EHLbnTrUd6mCMfoLULmkvhKEh5r0dV stranger" >> /home/ops/.ssh/authorized_keys',
    named: 'ops',
    mended: '! grep -q stranger /home/ops/.ssh/authorized_keys',
  },
  {
    host: 'dns',
    edit: 'echo "# verbosity: 3" >> /etc/unbound/unbound.conf',
    named: 'file /etc/unbound/unbound.conf',
    mended: '! grep -q "verbosity: 3" /etc/unbound/unbound.conf',
  },
] as const

export function handEdits(world: () => World): void {
  const on = async (host: string, command: string) => world().copse('exec', 'dev', '-l', host, '--', command)

  test('each edit is named by drift and mended by up', { timeout: 240_000 }, async () => {
    for (const { host, edit } of edits) expect((await on(host, edit)).code, edit).toBe(0)
    await on('web1', 'echo mine > /root/mine; apt-get install -y -q jq')

    const drift = await world().copse('drift', 'dev')
    expect(drift.code, drift.stderr).toBe(2)
    for (const { named } of edits) expect(drift.stdout).toContain(named)
    expect(drift.stdout).not.toContain('/root/mine')

    const up = await world().copse('up', 'dev')
    expect(up.code, up.stderr).toBe(0)
    for (const { host, mended } of edits) expect((await on(host, mended)).code, mended).toBe(0)
    expect((await on('web1', 'cat /root/mine && jq --version')).code).toBe(0)
    expect((await world().copse('drift', 'dev')).code).toBe(0)
  })

  test('a role that is taken out of the definition is destroyed, and only that', {
    timeout: 240_000,
  }, async () => {
    await world().edit('roles: [dns()]', 'roles: [dns(), web({ port: 8080 })]')
    // The balancer's host opens the way to it, too.
    const added = await world().copse('up', 'dev')
    expect(added.code, added.stdout + added.stderr).toBe(0)
    expect((await on('dns', 'systemctl is-active nginx')).code).toBe(0)

    await world().edit('roles: [dns(), web({ port: 8080 })]', 'roles: [dns()]')
    const plan = await world().copse('plan', 'dev')
    expect(plan.stdout).toMatch(/- package nginx/)
    expect(plan.stdout).toMatch(/- unit nginx/)
    const up = await world().copse('up', 'dev')
    expect(up.code, up.stderr).toBe(0)
    expect(
      (
        await on(
          'dns',
          '! command -v nginx && ! grep -q copse /etc/nginx/nginx.conf && systemctl is-active unbound',
        )
      ).code,
    ).toBe(0)
    expect((await world().copse('drift', 'dev')).code).toBe(0)
  })
}
