/** An operation of the API: what a request must look like, what it is answered, and what OpenAPI tells of both. */
import type { z } from 'zod'
import type { Expected, ModuleStore } from '../modules/store.ts'
import { checked } from './problem.ts'

/** What a successful request is answered. */
export interface Answer {
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

interface Described {
  readonly id: string
  readonly method: 'get' | 'post' | 'put' | 'delete'
  /** With parameters as OpenAPI writes them: `/modules/{id}`. */
  readonly path: string
  readonly summary: string
  /** It changes a module, and needs If-Match to say which version of it. */
  readonly isConditional?: boolean
  readonly success: {
    readonly status: 200 | 201 | 204
    readonly schema?: z.ZodType
    /** It names the version of the module, for If-Match. */
    readonly hasTag?: boolean
  }
  /** What else can be wrong with it, besides what can be wrong with every request. */
  readonly problems: readonly number[]
}

/** What a request says, checked. */
export interface Asked<Path, Query, Body> {
  readonly path: Path
  readonly query: Query
  readonly body: Body
  /** Any version, when it is not conditional. */
  readonly expected: Expected
}

interface OperationDefinition<Path, Query, Body> extends Described {
  readonly schemas: {
    readonly path: z.ZodType<Path> & { readonly shape: object }
    readonly query: z.ZodType<Query> & { readonly shape: object }
    readonly body?: z.ZodType<Body>
  }
  answer(modules: ModuleStore, asked: Asked<Path, Query, Body>): Promise<Answer>
}

/** What a request says, as it came. */
export type Raw = Asked<unknown, unknown, unknown>

/** An operation whose types are its own affair. */
export interface Operation extends Described {
  readonly schemas: {
    readonly path: z.ZodType & { readonly shape: object }
    readonly query: z.ZodType & { readonly shape: object }
    readonly body?: z.ZodType
  }
  /** Throws Problem. */
  answer(modules: ModuleStore, raw: Raw): Promise<Answer>
}

/** Hides an operation's types behind its schemas. */
export function operation<Path, Query, Body = undefined>(
  definition: OperationDefinition<Path, Query, Body>,
): Operation {
  const { path, query, body } = definition.schemas
  return {
    ...definition,
    answer: async (modules, raw) =>
      definition.answer(modules, {
        path: checked(path, raw.path, 'path'),
        query: checked(query, raw.query, 'query'),
        // Without a schema there is no body, which is what Body is then.
        body: body ? checked(body, raw.body, 'body') : (undefined as Body),
        expected: raw.expected,
      }),
  }
}
