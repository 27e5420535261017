/** Every operation of the API. */
import { z } from 'zod'
import { decodeCursor } from '../modules/cursor.ts'
import * as schemas from '../modules/schemas.ts'
import { type Operation, operation } from './operation.ts'

const none = z.object({})
const ofModule = z.object({ id: schemas.moduleId })
/** As it comes in a path or a query, where all is text. */
const versionText = z.coerce.number().int().min(1).max(schemas.newestVersion)
const ofVersion = ofModule.extend({ version: versionText })
const limit = z.coerce.number().int().min(1).max(100).default(50)

const tagged = (module: schemas.Module) => ({ body: module, headers: { etag: `"${module.version}"` } })

const reading = [
  operation({
    id: 'listModules',
    method: 'get',
    path: '/modules',
    summary: 'Modules by folder and name, a page at a time',
    schemas: {
      path: none,
      query: z.strictObject({
        folder: schemas.folder.optional(),
        after: z.string().max(2_000).optional(),
        limit,
      }),
    },
    success: { status: 200, schema: schemas.moduleList },
    problems: [],
    answer: async (modules, { query: { after, ...rest } }) => ({
      body: await modules.list({ ...rest, after: after === undefined ? undefined : decodeCursor(after) }),
    }),
  }),
  operation({
    id: 'listFolders',
    method: 'get',
    path: '/folders',
    summary: 'Folders that have modules, and how many',
    schemas: { path: none, query: z.strictObject({}) },
    success: { status: 200, schema: schemas.folderList },
    problems: [],
    answer: async (modules) => ({ body: await modules.folders() }),
  }),
  operation({
    id: 'readModule',
    method: 'get',
    path: '/modules/{id}',
    summary: 'A module as it is now',
    schemas: { path: ofModule, query: z.strictObject({}) },
    success: { status: 200, schema: schemas.module, hasTag: true },
    problems: [404],
    answer: async (modules, { path: { id } }) => tagged(await modules.read(id)),
  }),
  operation({
    id: 'listVersions',
    method: 'get',
    path: '/modules/{id}/versions',
    summary: 'All versions of a module, the newest first, a page at a time',
    schemas: {
      path: ofModule,
      query: z.strictObject({ before: versionText.optional(), limit }),
    },
    success: { status: 200, schema: schemas.versionList },
    problems: [404],
    answer: async (modules, { path: { id }, query }) => ({ body: await modules.versions(id, query) }),
  }),
  operation({
    id: 'readVersion',
    method: 'get',
    path: '/modules/{id}/versions/{version}',
    summary: 'A version of a module, be it old or the newest',
    schemas: { path: ofVersion, query: z.strictObject({}) },
    success: { status: 200, schema: schemas.version },
    problems: [404],
    answer: async (modules, { path: { id, version } }) => ({ body: await modules.version(id, version) }),
  }),
]

const changing = [
  operation({
    id: 'createModule',
    method: 'post',
    path: '/modules',
    summary: 'Create a module',
    schemas: { path: none, query: z.strictObject({}), body: schemas.content },
    success: { status: 201, schema: schemas.module, hasTag: true },
    problems: [409],
    answer: async (modules, { body }) => {
      const { headers, body: made } = tagged(await modules.create(body))
      return { body: made, headers: { ...headers, location: `/modules/${made.id}` } }
    },
  }),
  operation({
    id: 'updateModule',
    method: 'put',
    path: '/modules/{id}',
    summary: 'Give a module a new version',
    isConditional: true,
    schemas: { path: ofModule, query: z.strictObject({}), body: schemas.content },
    success: { status: 200, schema: schemas.module, hasTag: true },
    problems: [404, 409],
    answer: async (modules, { path: { id }, expected, body }) =>
      tagged(await modules.update(id, expected, body)),
  }),
  operation({
    id: 'deleteModule',
    method: 'delete',
    path: '/modules/{id}',
    summary: 'Delete a module with all its versions',
    isConditional: true,
    schemas: { path: ofModule, query: z.strictObject({}) },
    success: { status: 204 },
    problems: [404],
    answer: async (modules, { path: { id }, expected }) => {
      await modules.delete(id, expected)
      return {}
    },
  }),
  operation({
    id: 'restoreVersion',
    method: 'post',
    path: '/modules/{id}/versions/{version}/restore',
    summary: 'Give a module a new version that repeats an old one',
    isConditional: true,
    schemas: { path: ofVersion, query: z.strictObject({}) },
    success: { status: 200, schema: schemas.module, hasTag: true },
    problems: [404, 409],
    answer: async (modules, { path: { id, version }, expected }) =>
      tagged(await modules.restore(id, expected, version)),
  }),
]

export const operations: readonly Operation[] = [...reading, ...changing]
