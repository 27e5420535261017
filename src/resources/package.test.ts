import { describe, expect, test } from 'vitest'
import type { Found } from './kind.ts'
import { type PackageOptions, packageKind, pkg, pkgs } from './package.ts'

const around = { changing: new Set<string>(), digestOf: () => undefined }
const there: Found = { version: '1.2-3', status: 'i', held: 'no', automatic: 'no' }

function plan(options: PackageOptions, found?: Found) {
  const bound = packageKind.bind(pkg('nginx', options))
  const change = bound.diff(found, around)
  return { change, script: change && bound.apply(change, found).script.shell }
}

describe('found + wanted -> change', () => {
  test.each<[string, Found | undefined, PackageOptions, unknown]>([
    ['a missing package is installed', undefined, {}, { action: 'create', why: [] }],
    ['one that is there is left alone', there, {}, undefined],
    ['any version will do', { ...there, version: '9' }, {}, undefined],
    ['the wanted version is there', there, { version: '1.2-3' }, undefined],
    ['another version is replaced', there, { version: '1.3-1' }, update('1.2-3, wanted 1.3-1')],
    [
      'an interrupted installation is mended',
      { ...there, status: 'F' },
      {},
      update('is only half installed (dpkg says F)'),
    ],
    ['a free one is held', there, { state: 'held' }, update('not held')],
    ['a held one stays held', { ...there, held: 'yes' }, { state: 'held' }, undefined],
    ['a held one is freed', { ...there, held: 'yes' }, {}, update('held, wanted free')],
    [
      'one that apt might remove is kept',
      { ...there, automatic: 'yes' },
      {},
      update('installed only because another package needs it'),
    ],
    [
      'an unwanted one is removed',
      there,
      { state: 'absent' },
      { action: 'destroy', why: ['1.2-3 is installed, wanted none'] },
    ],
    ['an unwanted one is not there', undefined, { state: 'absent' }, undefined],
  ])('%s', (_title, found, options, change) => {
    expect(plan(options, found).change).toEqual(change)
  })

  function update(why: string) {
    return { action: 'update', why: [why] }
  }
})

describe('change -> commands', () => {
  test('a package is installed without what it recommends, and nothing is removed for it', () => {
    expect(plan({}).script).toContain(
      '--no-install-recommends --no-remove --allow-downgrades --allow-change-held-packages install nginx\n',
    )
  })

  test('a version is named to apt, and a held package is held afterwards', () => {
    const { script } = plan({ version: '1:1.3~rc1-1', state: 'held' })
    expect(script).toContain(" install 'nginx=1:1.3~rc1-1'\n")
    expect(script).toMatch(/apt-mark hold nginx >\/dev\/null$/)
  })

  test('several changes become one call of apt for those to install and one for those to remove', () => {
    const resources = [...pkgs('a1', 'b1'), pkg('c1', { state: 'absent' }), pkg('d1', { state: 'held' })]
    const items = resources.map(({ spec }) => ({ spec, change: { action: 'create' as const, why: [] } }))
    const step = packageKind.batch?.(items)
    expect(step?.script.shell).toMatch(/remove c1$/m)
    expect(step?.script.shell).toMatch(/ install a1 b1 d1$/m)
    expect(step?.script.shell.match(/apt_get .*\binstall /g)).toHaveLength(1)
    expect(step?.prepare?.shell).toMatch(/mark a1\nmark b1\nmark c1\nmark d1$/)
  })

  test('what copse found installed is only freed when it lets go', () => {
    const script = packageKind.remove('nginx', there).script.shell
    expect(script.indexOf('apt-mark unhold nginx')).toBeLessThan(script.indexOf('made/package/nginx ]; then'))
    expect(script).not.toContain('purge')
  })
})

describe('names and versions', () => {
  test.each(['', '-y', 'a b', 'Nginx', 'a;b', 'a/b', 'nginx=1', '--purge'])(
    '%j is no package name',
    (name) => {
      expect(() => pkg(name)).toThrow('must be the name of a Debian package')
    },
  )

  test.each(['', '1 2', '-1', '1.*', '$(id)'])('%j is no version', (version) => {
    expect(() => pkg('nginx', { version })).toThrow('must be the whole version')
  })
})
