/** Who may import whom, and where the outside world may be touched. */
import { expect, test } from 'vitest'
import { lineOf, type SourceFile, sourceFiles } from './source-files.ts'

/** In dependency order: a folder imports only itself and those before it. */
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

/** Files, processes and the network. */
const outside =
  /^(node:(fs|fs\/promises|net|tls|dns|dgram|http|http2|https|child_process|worker_threads)|execa)$/

/** Where the outside may be touched. */
const edges = [
  /^src\/config\/(load|env)/,
  /^src\/(transports|machines|cli)\//,
  /^src\/engine\/(journal|lock|state|remote-scripts|secrets\/store)\.ts$/,
  /^src\/engine\/(apps\/(source|git|kept-artifacts)|ci\/bundle)\.ts$/,
]

const source = sourceFiles('src/**/*.ts', /\.test\.ts$/)
const layerOf = (path: string) => layers.indexOf(path.split('/')[1] ?? '')
const isEdge = ({ path }: SourceFile) => edges.some((edge) => edge.test(path))

test('every folder of src has its place in the order', () => {
  const folders = source
    .filter(({ path }) => path.split('/').length > 2)
    .filter(({ path }) => layerOf(path) < 0)
  expect(folders.map(({ path }) => path)).toEqual([])
  expect(source.length).toBeGreaterThan(100)
})

test('a folder imports only itself and those before it', () => {
  const offenders = source.flatMap(({ path, imports }) =>
    imports
      .filter((name) => path !== 'src/index.ts' && name.startsWith('src/') && layerOf(name) > layerOf(path))
      .map((name) => `${path} imports ${name}`),
  )
  expect(offenders).toEqual([])
})

/** What gives configs the running copse when they import `copse`. */
const giver = 'src/config/load-evaluate.ts'

test('the public API is imported by its name, and only by roles and those who write configs', () => {
  const others = source.filter(({ path }) => path !== giver)
  const offenders = others.flatMap(({ path, imports }) =>
    imports
      .filter((name) => name === 'src/index.ts' || (name === 'copse' && !path.startsWith('src/roles/')))
      .map((name) => `${path} imports ${name}`),
  )
  expect(offenders).toEqual([])
})

test('roles and examples are written with the public API alone', () => {
  const own = [
    ...source.filter(({ path }) => path.startsWith('src/roles/')),
    ...sourceFiles('examples/**/*.ts', /^examples\/office\/apps\//),
  ]
  const offenders = own.flatMap(({ path, imports }) => {
    const home = path.split('/').slice(0, 2).join('/')
    return imports
      .filter((name) => name !== 'copse' && !name.startsWith(`${home}/`))
      .map((name) => `${path} imports ${name}`)
  })
  expect(own.length).toBeGreaterThan(5)
  expect(offenders).toEqual([])
})

test('files, processes and the network are touched at the edges only', () => {
  const offenders = source
    .filter((file) => !isEdge(file))
    .flatMap(({ path, imports }) =>
      imports.filter((name) => outside.test(name)).map((name) => `${path} imports ${name}`),
    )
  expect(offenders).toEqual([])
})

test('the environment is read at the edges only', () => {
  const offenders = source
    .filter((file) => !isEdge(file))
    .flatMap(({ path, text, nodes }) =>
      nodes
        .filter(
          ({ type, start, end }) => type === 'MemberExpression' && text.slice(start, end) === 'process.env',
        )
        .map(({ start }) => `${path}:${lineOf(text, start)} reads process.env`),
    )
  expect(offenders).toEqual([])
})

/** The thread that evaluates configs: its process.exit ends the thread, and what a config prints goes to stderr. */
const evaluation = /^src\/config\/load-(thread|worker)\.ts$/

test('only the command line prints or ends the process', () => {
  const offenders = source
    .filter(({ path }) => !path.startsWith('src/cli/') && !evaluation.test(path))
    .flatMap(({ path, text, nodes }) =>
      nodes
        .filter(({ type, start, end }) => {
          const words = text.slice(start, end)
          return type === 'MemberExpression' && /^process\.(stdout|stderr|exit|exitCode)$/.test(words)
        })
        .map(({ start, end }) => `${path}:${lineOf(text, start)} uses ${text.slice(start, end)}`),
    )
  expect(offenders).toEqual([])
})
