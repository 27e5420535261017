/** What is common to all hosts is found by asking roles twice, under two identities. */
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { office } from '../../test/fixture/office.ts'
import { file, link } from '../index.ts'
import { loadConfig } from './load.ts'
import { alike, twinOf } from './twin.ts'

const config = fileURLToPath(new URL('../../examples/office/copse.config.ts', import.meta.url))

test('a twin has no name, address or key of the first', () => {
  const people = [{ name: 'ana', keys: ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFirst ana'] }]
  const twin = twinOf({ ...office, people })
  const text = JSON.stringify(twin, (key, value) => (key === 'place' ? undefined : value))
  for (const word of ['10.61.0.', 'devweb1', '"web1"', '"office.internal"', 'ana"', 'First'])
    expect(text).not.toContain(word)
  expect(twin.hosts.map(({ roles }) => roles)).toEqual(office.hosts.map(({ roles }) => roles))
})

test('things are alike when their keys and all their settings are', () => {
  const own = [file('/a', { content: '1' }), file('/b', { content: '1' }), link('/c', '/d')]
  const twins = [file('/a', { content: '1' }), file('/b', { content: '2' }), file('/c', { content: '' })]
  expect(alike(own, twins)).toEqual(['file /a'])
})

test("images hold every package of the office's hosts", async () => {
  const { hosts } = await loadConfig(config, 'dev')
  for (const { host, resources, common } of hosts) {
    const packages = resources.flatMap(({ kind, key }) => (kind === 'package' ? [`package ${key}`] : []))
    expect(packages.length, host.name).toBeGreaterThan(0)
    expect(common, host.name).toEqual(expect.arrayContaining(packages))
  }
})

test('of the office everything that names a host or its environment stays out', async () => {
  const { hosts } = await loadConfig(config, 'dev')
  const { resources = [], common = [] } = hosts.find(({ host }) => host.name === 'web1') ?? {}
  const own = resources.map(({ kind, key }) => `${kind} ${key}`).filter((id) => !common.includes(id))
  expect(own).toEqual([
    'file /etc/hosts',
    'file /etc/hostname',
    'command hostname devweb1',
    'file /etc/copse/environment.json',
    'file /etc/copse/firewall.nft',
    'file /etc/collectd/collectd.conf',
    'certificate /etc/copse/tls/journal.crt',
    'file /etc/systemd/system/systemd-journal-upload.service.d/copse.conf',
    'file /var/www/copse/index.html',
    'file /etc/nginx/nginx.conf',
    'certificate /etc/copse/tls/repo.crt',
    'file /etc/systemd/system/repo@.service',
    'file /etc/copse/apps/repo',
    'file /var/lib/copse-deploy/.ssh/authorized_keys',
    'certificate /etc/copse/tls/www.crt',
    'file /etc/systemd/system/www@.service',
    'file /etc/copse/apps/www',
    'file /etc/copse/questions',
    'file /etc/systemd/system/copse-monitor.service',
    'file /etc/systemd/system/copse-monitor.timer',
    'file /etc/resolv.conf',
    'release repo',
    'release www',
  ])
})
