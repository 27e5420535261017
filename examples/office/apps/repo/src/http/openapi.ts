/** The OpenAPI 3.1 description, made from the schemas that check requests. */
import { STATUS_CODES } from 'node:http'
import { z } from 'zod'
import { components } from '../modules/schemas.ts'
import type { Operation } from './operation.ts'

type Json = Readonly<Record<string, unknown>>

const tag = { description: 'Names the version; give it as If-Match.', schema: { type: 'string' } }
const ifMatch = {
  name: 'If-Match',
  in: 'header',
  required: true,
  description: 'The ETag of the version that was changed, or `*`.',
  schema: { type: 'string' },
}
const inEveryOperation = [400, 500, 503]
const withBody = [413, 415]
const whenConditional = [412, 428]

/** Pure. */
export function openApi(operations: readonly Operation[]): Json {
  const paths: Record<string, Record<string, Json>> = {}
  for (const operation of operations)
    paths[operation.path] = { ...paths[operation.path], [operation.method]: describe(operation) }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Content repository of the office',
      version: '1.0.0',
      description: 'Modules that have folders and versions.',
    },
    paths,
    components: { schemas: describeComponents() },
  }
}

function describe(operation: Operation): Json {
  const { id, summary, schemas, isConditional = false } = operation
  return {
    operationId: id,
    summary,
    parameters: [
      ...parameters(schemas.path, 'path'),
      ...parameters(schemas.query, 'query'),
      ...(isConditional ? [ifMatch] : []),
    ],
    ...(schemas.body && { requestBody: { required: true, content: jsonContent(schemas.body) } }),
    responses: responses(operation),
  }
}

function parameters(schema: z.ZodType, where: 'path' | 'query'): readonly Json[] {
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: 'input' })
  return Object.entries(properties).map(([name, property]) => {
    const { description, ...rest } = Object(property) as { description?: string }
    return {
      name,
      in: where,
      required: required.includes(name),
      ...(description && { description }),
      schema: rest,
    }
  })
}

function responses({ success, problems, schemas, isConditional = false }: Operation): Json {
  const statuses = [
    ...inEveryOperation,
    ...problems,
    ...(schemas.body ? withBody : []),
    ...(isConditional ? whenConditional : []),
  ].sort()
  return Object.fromEntries([
    [success.status, describeSuccess(success)],
    ...statuses.map((status) => [
      status,
      {
        description: STATUS_CODES[status],
        content: { 'application/problem+json': { schema: { $ref: reference('Problem') } } },
      },
    ]),
  ])
}

function describeSuccess({ status, schema, hasTag = false }: Operation['success']): Json {
  return {
    description: STATUS_CODES[status],
    ...(hasTag && { headers: { ETag: tag } }),
    ...(schema && { content: jsonContent(schema) }),
  }
}

function jsonContent(schema: z.ZodType): Json {
  const id = components.get(schema)?.id
  if (id === undefined) throw new Error('the schema of every body must be one of the components')
  return { 'application/json': { schema: { $ref: reference(id) } } }
}

function describeComponents(): Json {
  const { schemas } = z.toJSONSchema(components, { uri: reference })
  // Each would call itself by another address than its place in this document.
  return Object.fromEntries(Object.entries(schemas).map(([id, { $schema, $id, ...schema }]) => [id, schema]))
}

function reference(id: string): string {
  return `#/components/schemas/${id}`
}
