/** The project's own TypeScript as syntax trees: what the tests about layers and sizes look at. */
import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseSync, visitorKeys } from 'oxc-parser'
import { z } from 'zod'

const nodeSchema = z.looseObject({ type: z.string(), start: z.number(), end: z.number() })
export type SyntaxNode = z.infer<typeof nodeSchema>

export interface SourceFile {
  /** From the checkout: `src/lib/shell.ts`. */
  readonly path: string
  readonly text: string
  /** What it imports, types included: paths from the checkout, or names of packages. */
  readonly imports: readonly string[]
  /** Every node of the tree, parents first. */
  readonly nodes: readonly SyntaxNode[]
}

const root = new URL('../', import.meta.url).pathname

/** Files below the given folders; those of fixtures and tests too unless `without` matches. */
export function sourceFiles(pattern: string, without = /^$/): readonly SourceFile[] {
  const paths = globSync(pattern, { cwd: root, exclude: ['**/node_modules/**', '.node/**'] })
  return paths
    .filter((path) => !without.test(path))
    .sort()
    .map(readSource)
}

export function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length
}

function readSource(path: string): SourceFile {
  const text = readFileSync(join(root, path), 'utf8')
  const parsed = parseSync(path, text)
  const nodes = [...descend(nodeSchema.parse(parsed.program))]
  const requests = nodes.flatMap(({ source }) => {
    const literal = z.object({ value: z.string() }).safeParse(source)
    return literal.success ? [literal.data.value] : []
  })
  const imports = requests.map((name) => (name.startsWith('.') ? join(dirname(path), name) : name))
  return { path, text, imports, nodes }
}

function* descend(node: SyntaxNode): Generator<SyntaxNode> {
  yield node
  for (const key of visitorKeys[node.type] ?? [])
    for (const child of [node[key]].flat()) {
      const parsed = nodeSchema.safeParse(child)
      if (parsed.success) yield* descend(parsed.data)
    }
}
