/** Which machines may be made anew without anybody noticing. */
import { expect, test } from 'vitest'
import { withApp, www } from '../../../test/fixture/office-apps.ts'
import type { App } from '../../model/app.ts'
import type { Balanced, Desired } from '../../model/desired.ts'
import { machinesOfApps } from './machines.ts'

const behind = (server: string): Balanced => ({ server, drain: 'true', restore: 'true' })

function desired(apps: readonly App[], servers: readonly string[]): Desired {
  return {
    file: import.meta.filename,
    environment: { ...withApp, apps },
    hosts: withApp.hosts.map((host) => ({
      ...{ host, resources: [], probes: [], restorable: [], common: [], secrets: [] },
      balanced: host.name === 'lb' ? servers.map(behind) : [],
    })),
  }
}

test('they are those that apps run on, in the order of the definition', () => {
  const more: App = { ...www, name: 'repo', hosts: ['web2', 'web1'] }
  expect(machinesOfApps(desired([more, www], ['web1', 'web2']))).toEqual(['web1', 'web2'])
})

test('an app that runs on one host only, or that no balancer leads to, is not interrupted', () => {
  const alone: App = { ...www, name: 'repo', hosts: ['web2'] }
  expect(() => machinesOfApps(desired([www, alone], ['web1', 'web2']))).toThrow('repo runs there alone')
  expect(() => machinesOfApps(desired([www], ['web1']))).toThrow('making web2 anew would interrupt')
})
