/** A folder of src imports only itself and those above it in this list; effects stay at the edges. */
import { globSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

const root = new URL('..', import.meta.url).pathname
const layers = [
  'lib',
  'model',
  'resources',
  'probes',
  'roles',
  'config',
  'transports',
  'machines',
  'engine',
  'cli',
]

/** Files that may touch the disk, the network, processes and variables. */
const edges = [
  /^src\/config\/load/,
  /^src\/config\/env\.ts$/,
  /^src\/transports\//,
  /^src\/machines\//,
  /^src\/engine\/(journal|lock|state|run|remote-scripts)\.ts$/,
  /^src\/cli\//,
]
const effects = /^node:(fs|net|http|child_process|dgram|os)(\/|$)/

interface Source {
  readonly path: string
  readonly layer: string
  readonly text: string
  readonly imports: readonly string[]
}

const sources: readonly Source[] = globSync('src/*/**/*.ts', { cwd: root })
  .filter((path) => !path.endsWith('.test.ts'))
  .map((path) => {
    const text = readFileSync(`${root}/${path}`, 'utf8')
    const imports = [
      ...text.matchAll(/^(?:import|export)\b[^'"]*?from '([^']+)'|\bimport\('([^']+)'\)|^import '([^']+)'/gm),
    ]
    const named = imports.map(([, from, lazy, bare]) => from ?? lazy ?? bare ?? '')
    return { path, layer: path.split('/')[1] ?? '', text, imports: named }
  })

/** Where a relative import leads, from the root. */
function target(path: string, name: string): string {
  return new URL(name, `file:///${path}`).pathname.slice(1)
}

describe('the layers', () => {
  test('every folder of src is one of them', () => {
    expect(sources.length).toBeGreaterThan(100)
    expect(
      [...new Set(sources.map(({ layer }) => layer))].filter((layer) => !layers.includes(layer)),
    ).toEqual([])
  })

  test('a folder imports only itself and those above it', () => {
    const wrong = sources.flatMap(({ path, layer, imports }) =>
      imports
        .filter((name) => name.startsWith('.'))
        .map((name) => target(path, name))
        .filter((to) => layers.indexOf(to.split('/')[1] ?? '') > layers.indexOf(layer))
        .map((to) => `${path} imports ${to}`),
    )
    expect(wrong).toEqual([])
  })

  test('roles use the public API alone, as the roles of users do', () => {
    const wrong = sources
      .filter(({ layer }) => layer === 'roles')
      .flatMap(({ path, imports }) =>
        imports
          .filter((name) => name !== 'copse' && !target(path, name).startsWith('src/roles/'))
          .map((name) => `${path} imports ${name}`),
      )
    expect(wrong).toEqual([])
  })

  test('the disk, the network, processes and variables are touched at the edges alone', () => {
    const inside = sources.filter(({ path }) => !edges.some((edge) => edge.test(path)))
    const wrong = inside.flatMap(({ path, text, imports }) => [
      ...imports.filter((name) => effects.test(name)).map((name) => `${path} imports ${name}`),
      ...(text.includes('process.env') ? [`${path} reads process.env`] : []),
    ])
    expect(wrong).toEqual([])
  })
})
