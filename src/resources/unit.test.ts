import { describe, expect, test } from 'vitest'
import type { Resource } from '../model/resource.ts'
import { file } from './file.ts'
import type { Found, Surroundings } from './kind.ts'
import { line } from './line.ts'
import { type UnitOptions, unit, unitKind, unitsRestartedBy } from './unit.ts'

const conf = '/etc/app.conf'
const there: Found = {
  load: 'loaded',
  state: 'running',
  enabled: 'enabled',
  outdated: 'no',
  once: 'no',
  restart: '',
  reload: '',
}

function around(digest = 'd', ...changing: readonly string[]): Surroundings {
  return { changing: new Set(changing), digestOf: (id) => (id === `file ${conf}` ? digest : undefined) }
}

function plan(options: UnitOptions, found?: Found, surroundings = around()) {
  const made = unit('app', options).at(-1)
  const bound = unitKind.bind(made && 'spec' in made ? made : { spec: {} })
  const change = bound.diff(found, surroundings)
  return { change, script: change && bound.apply(change, found).script.shell }
}

test.each([
  ['nftables', {}, undefined, { stop: ['nftables.service'] }],
  ['ufw.service', {}, { ...there, state: 'stopped' }, { stop: ['ufw.service'] }],
  ['nftables', { restartOn: [conf] }, there, { stop: ['nftables.service'] }],
  ['nftables', {}, { ...there, enabled: 'disabled' }, undefined],
  ['nftables', { started: false }, there, undefined],
  ['nftables', { confirm: false }, undefined, undefined],
  ['ours', { confirm: true }, undefined, { stop: ['ours.service'] }],
  ['ours', {}, undefined, undefined],
] satisfies [string, UnitOptions, Found | undefined, object | undefined][])(
  '%s with %j, found %j: is confirmed by a new login, or else %j',
  (name, options, found, confirm) => {
    const bound = unitKind.bind(unit(name, options).at(-1) as Resource)
    const change = bound.diff(found, around('d', `file ${conf}`))
    expect(bound.apply(change ?? expect.fail('nothing would change'), found).confirm).toEqual(confirm)
  },
)

/** What the host has stored after a unit was brought up with the present inputs. */
function stamped(options: UnitOptions, surroundings = around()): Found {
  const { restart = '', reload = '' } = plan(options, undefined, surroundings).change?.memo ?? {}
  return { ...there, restart, reload }
}

describe('found + wanted -> change', () => {
  test.each<[string, Found | undefined, UnitOptions, readonly string[] | undefined, string | undefined]>([
    ['a unit that is not known yet', undefined, {}, [], 'restart'],
    ['one that is not known and only enabled', undefined, { started: false }, [], 'none'],
    [
      'one that is not known and not wanted',
      undefined,
      { started: false, enabled: false },
      undefined,
      undefined,
    ],
    ['one as wanted', there, {}, undefined, undefined],
    ['a stopped one', { ...there, state: 'stopped' }, {}, ['stopped, wanted running'], 'start'],
    ['a failed one', { ...there, state: 'failed' }, {}, ['failed, wanted running'], 'restart'],
    ['a running one that must not', there, { started: false }, ['running, wanted stopped'], 'stop'],
    ['a disabled one', { ...there, enabled: 'disabled' }, {}, ['not enabled'], 'none'],
    [
      'one enabled until the next boot',
      { ...there, enabled: 'enabled-runtime' },
      {},
      ['not enabled'],
      'none',
    ],
    ['one that cannot be enabled', { ...there, enabled: 'static' }, {}, undefined, undefined],
    ['an enabled one that must not be', there, { enabled: false }, ['enabled, wanted not'], 'none'],
    [
      'a masked one',
      { ...there, load: 'masked', enabled: 'masked', state: 'stopped' },
      {},
      ['masked', 'stopped, wanted running'],
      'start',
    ],
    [
      'a broken one',
      { ...there, load: 'bad-setting', state: 'stopped' },
      {},
      ['systemd cannot load it (bad-setting)', 'stopped, wanted running'],
      'start',
    ],
    [
      'one with changed files',
      { ...there, outdated: 'yes' },
      {},
      ['systemd has not read its changed files'],
      'none',
    ],
  ])('%s', (_title, found, options, why, verb) => {
    const { change } = plan(options, found)
    expect(change?.why).toEqual(why)
    expect(change?.memo?.verb).toBe(verb)
  })
})

describe('restarts and reloads', () => {
  const restart = { restartOn: [conf] }
  const reload = { reloadOn: [conf] }

  test('nothing happens while the stamps say that it runs with its present inputs', () => {
    expect(plan(restart, stamped(restart)).change).toBeUndefined()
    expect(plan(reload, stamped(reload)).change).toBeUndefined()
  })

  test('a change of an input in the same plan restarts or reloads', () => {
    const changing = around('d', `file ${conf}`)
    expect(plan(restart, stamped(restart), changing).change?.why).toEqual(['restart: app.conf changes'])
    expect(plan(reload, stamped(reload), changing).change?.why).toEqual(['reload: app.conf changes'])
  })

  test('a stamp of other inputs, or none, tells of a run that was cut off before the restart', () => {
    const why = ['restart: it may still run with former settings']
    expect(plan(restart, stamped(restart), around('e')).change?.why).toEqual(why)
    expect(plan(restart, there).change?.why).toEqual(why)
  })

  test('an input that is no longer wanted is one more difference', () => {
    expect(plan({}, stamped(restart)).change?.memo?.verb).toBe('restart')
  })

  test('a restart makes a reload needless', () => {
    const both = { restartOn: [conf], reloadOn: ['/etc/other'] }
    const found = { ...stamped(both), restart: '', reload: '' }
    expect(plan(both, found).change).toMatchObject({
      why: ['restart: it may still run with former settings'],
    })
  })

  test('what runs once and ends has to have run for its present inputs', () => {
    const once: Found = { ...there, once: 'yes', state: 'stopped' }
    expect(plan({}, once).change?.memo?.verb).toBe('restart')
    expect(plan({}, { ...stamped({}), once: 'yes', state: 'stopped' }).change).toBeUndefined()
  })

  test('what must not run is not restarted, but systemd reads its new file', () => {
    const quiet = { ...there, state: 'stopped' }
    expect(plan({ started: false, restartOn: [conf] }, quiet).change).toBeUndefined()
    const { change, script } = plan({ started: false, file: '[Service]\n' }, quiet)
    expect(change?.why).toEqual(['systemd must read its files again'])
    expect(script).toContain('\nfor file in /etc/systemd/system/app.service; do\n')
    expect(script).not.toContain('run ')
  })

  test('the steps of its inputs drop the stamp of a unit', () => {
    const wanted = [unit('app', { restartOn: [conf, line('/etc/hosts', 'x')] }), unit('b', reload), unit('c')]
      .flat()
      .flatMap((resource) => ('kind' in resource ? [unitKind.bind(resource)] : []))
    expect(unitsRestartedBy(wanted, `file ${conf}`)).toEqual(['app.service', 'b.service'])
    expect(unitsRestartedBy(wanted, 'line /etc/hosts: x')).toEqual(['app.service'])
    expect(unitsRestartedBy(wanted, 'package app')).toEqual([])
  })
})

describe('change -> commands', () => {
  test.each([
    ['restart', { ...there, state: 'failed' }, {}, 'run restart'],
    ['start', { ...there, state: 'stopped' }, {}, 'run start'],
    ['reload', there, { reloadOn: [conf] }, 'run reload-or-restart'],
    ['stop', there, { started: false, enabled: false }, 'systemctl stop -- "$unit"'],
  ])('%s', (_verb, found, options, command) => {
    expect(plan(options, found).script?.split('\n')).toContain(command)
  })

  test('the stamp is written last', () => {
    expect(plan({ restartOn: [conf] }, there).script).toMatch(
      /printf 'restart=%s\\nreload=%s\\n' [0-9a-f]{16} none >.*\/stamps\/"\$unit"$/,
    )
  })

  test('a unit file and a drop-in of its own are files before it, and it restarts for them', () => {
    const made = unit('app', { file: 'F', dropIn: 'D', restartOn: [file(conf, { content: '' })] })
    expect(made).toMatchObject([
      { kind: 'file', key: '/etc/systemd/system/app.service', spec: { content: 'F' } },
      { kind: 'file', key: '/etc/systemd/system/app.service.d/copse.conf', spec: { content: 'D' } },
      { kind: 'unit', key: 'app' },
    ])
    expect(made.at(-1)).toMatchObject({
      spec: {
        restartOn: [
          `file ${conf}`,
          'file /etc/systemd/system/app.service',
          'file /etc/systemd/system/app.service.d/copse.conf',
        ],
      },
    })
  })
})

describe('names', () => {
  test.each([
    ['nginx', 'nginx', 'nginx.service'],
    ['nginx.service', 'nginx', 'nginx.service'],
    ['app@1', 'app@1', 'app@1.service'],
    ['redis.conf', 'redis.conf', 'redis.conf.service'],
    ['fstrim.timer', 'fstrim.timer', 'fstrim.timer'],
    ['srv-a\\x2db.mount', 'srv-a\\x2db.mount', 'srv-a\\x2db.mount'],
  ])('%s is %s to readers and %s to systemd', (name, key, full) => {
    expect(unit(name)).toMatchObject([{ key, spec: { name: full } }])
  })

  test.each(['', 'a b', 'a/b', 'app@', '@1', 'a@b@c', 'a;b', '$(id)', 'ä'])('%j is no name', (name) => {
    expect(() => unit(name)).toThrow('must be the name of a unit')
  })
})
