/** Narrows an origin to line and column: walks the literals of the source from a builder's call to the value meant. */
import { type CallExpression, type Expression, type Program, Visitor } from 'oxc-parser'
import type { Place } from '../model/place.ts'
import { positionOf } from './position.ts'
import type { Origin } from './problem.ts'

/** A parsed source file. */
export interface Syntax {
  readonly text: string
  readonly program: Program
}

/** The place of the value; of the nearest literal around it where it is computed; of the call where nothing is literal. */
export function locate(syntax: Syntax, origin: Origin): Place {
  const call = callAt(syntax.program, offsetOf(syntax.text, origin.place))
  const [index] = origin.path
  const argument = typeof index === 'number' ? call?.arguments[index] : undefined
  if (!argument || argument.type === 'SpreadElement') return origin.place
  return { ...origin.place, ...positionOf(syntax.text, startOf(syntax.program, argument, origin)) }
}

/** Where the value, or its name, begins that the rest of the way leads to from an argument. */
function startOf(program: Program, argument: Expression, { path, isKey }: Origin): number {
  let node = argument
  for (const [index, key] of path.entries()) {
    if (index === 0) continue
    const child = childOf(literalOf(program, node), key)
    if (!child) break
    if (isKey && index === path.length - 1) return child.start
    node = child.value
  }
  const literal = literalOf(program, node)
  return isLiteral(literal) ? literal.start : node.start
}

/** A member of a literal, and where its name begins. */
interface Child {
  readonly value: Expression
  readonly start: number
}

function childOf(node: Expression, key: PropertyKey): Child | undefined {
  if (node.type === 'ArrayExpression') return elementOf(node.elements, key)
  if (node.type === 'CallExpression') return argumentOf(node, key)
  if (node.type !== 'ObjectExpression') return undefined
  const property = node.properties.findLast(
    (candidate) =>
      candidate.type === 'Property' && !candidate.computed && nameOf(candidate.key) === String(key),
  )
  return property?.type === 'Property' ? { value: property.value, start: property.start } : undefined
}

/** What stands behind a spread has no index that the source tells. */
function elementOf(elements: Extract<Expression, { type: 'ArrayExpression' }>['elements'], key: PropertyKey) {
  const index = Number(key)
  const before = elements.slice(0, index + 1)
  const element = before[index]
  if (!element || element.type === 'SpreadElement' || before.some((one) => one?.type === 'SpreadElement'))
    return undefined
  return { value: element, start: element.start }
}

/** A builder's settings are its first argument. */
function argumentOf(call: CallExpression, key: PropertyKey): Child | undefined {
  const [first] = call.arguments
  return first?.type === 'ObjectExpression' ? childOf(first, key) : undefined
}

function nameOf(key: { readonly type: string; readonly name?: unknown; readonly value?: unknown }): string {
  return String(key.type === 'Identifier' ? key.name : key.value)
}

/** Looks through what TypeScript adds to an expression, and through constants of the same file. */
function literalOf(program: Program, node: Expression, depth = 0): Expression {
  if (depth > 20) return node
  switch (node.type) {
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
    case 'TSNonNullExpression':
    case 'ParenthesizedExpression':
      return literalOf(program, node.expression, depth + 1)
    case 'Identifier': {
      const value = constantNamed(program, node.name)
      return value ? literalOf(program, value, depth + 1) : node
    }
    default:
      return node
  }
}

function constantNamed(program: Program, name: string): Expression | undefined {
  return (
    program.body
      .flatMap((statement) => {
        const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement
        return declaration?.type === 'VariableDeclaration' && declaration.kind === 'const'
          ? declaration.declarations
          : []
      })
      .find(({ id }) => id.type === 'Identifier' && id.name === name)?.init ?? undefined
  )
}

function isLiteral({ type }: Expression): boolean {
  return ['Literal', 'TemplateLiteral', 'ObjectExpression', 'ArrayExpression'].includes(type)
}

/** The call whose callee's last name stands at an offset: where V8 says that a call is. */
function callAt(program: Program, offset: number): CallExpression | undefined {
  let found: CallExpression | undefined
  new Visitor({
    CallExpression(call) {
      const { callee } = call
      const start = callee.type === 'MemberExpression' ? callee.property.start : callee.start
      if (start === offset) found ??= call
    },
  }).visit(program)
  return found
}

function offsetOf(text: string, { line, column }: Place): number {
  const before = text.split('\n').slice(0, line - 1)
  return before.reduce((sum, one) => sum + one.length + 1, 0) + column - 1
}
