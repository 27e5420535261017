/** Modules and their versions in the database. */
import pg from 'pg'
import { z } from 'zod'
import type { Database, Value } from '../database/database.ts'
import { Problem } from '../http/problem.ts'
import { encodeCursor, type Place } from './cursor.ts'
import * as schemas from './schemas.ts'
import * as statements from './statements.ts'

/** The versions that a module may have for a change to happen; null: any. */
export type Expected = readonly number[] | null

/** Throws Problem: 404 for what is not there, 409 for a place that is taken, 412 for a version that is not the expected one. */
export interface ModuleStore {
  list(options: {
    folder?: string | undefined
    after?: Place | undefined
    limit: number
  }): Promise<schemas.ModuleList>
  folders(): Promise<schemas.FolderList>
  create(content: schemas.Content): Promise<schemas.Module>
  read(id: string): Promise<schemas.Module>
  update(id: string, expected: Expected, content: schemas.Content): Promise<schemas.Module>
  delete(id: string, expected: Expected): Promise<void>
  versions(id: string, options: { before?: number | undefined; limit: number }): Promise<schemas.VersionList>
  version(id: string, version: number): Promise<schemas.Version>
  restore(id: string, expected: Expected, version: number): Promise<schemas.Module>
}

export function modulesIn(database: Database): ModuleStore {
  const modules = (text: string, ...values: Value[]) =>
    orTaken(database.rows(schemas.module, text, values)).then(([module]) => module)
  const read = async (id: string) => (await modules(statements.readModule, id)) ?? absent('module')
  const version = async (id: string, number: number) => {
    const found = await database.rows(schemas.version, statements.readVersion, [id, number])
    return found[0] ?? absent('version')
  }
  /** Why nothing was changed: throws 404 or 412. */
  const unchanged = async (id: string): Promise<never> => {
    const { version } = await read(id)
    throw new Problem(412, `The module has changed: it is at version ${version} now.`)
  }
  return {
    list: ({ folder, after, limit }) => listModules(database, [folder ?? null, ...placeOf(after), limit]),
    folders: async () => ({
      items: [...(await database.rows(schemas.folderSummary, statements.listFolders, []))],
    }),
    create: async ({ folder, name, body }) =>
      (await modules(statements.createModule, folder, name, body)) ?? absent('module'),
    read,
    update: async (id, expected, { folder, name, body }) =>
      (await modules(statements.updateModule, id, expected, folder, name, body)) ?? unchanged(id),
    delete: async (id, expected) => {
      const gone = await database.rows(z.object({ id: z.string() }), statements.deleteModule, [id, expected])
      if (gone.length === 0) await unchanged(id)
    },
    versions: (id, { before, limit }) => listVersions(database, [id, before ?? null, limit]),
    version,
    restore: async (id, expected, number) => {
      const restored = await modules(statements.restoreVersion, id, expected, number)
      if (restored) return restored
      await version(id, number)
      return unchanged(id)
    },
  }
}

type ListValues = readonly [
  folder: string | null,
  afterFolder: string | null,
  afterName: string | null,
  limit: number,
]

/** One more than asked for tells whether there is a next page. */
async function listModules(database: Database, values: ListValues): Promise<schemas.ModuleList> {
  const [folder, afterFolder, afterName, limit] = values
  const parameters = [folder, afterFolder, afterName, limit + 1]
  const found = await database.rows(schemas.moduleSummary, statements.listModules, parameters)
  const items = found.slice(0, limit)
  const last = items.at(-1)
  return { items, next: last && found.length > limit ? encodeCursor([last.folder, last.name]) : null }
}

async function listVersions(
  database: Database,
  [id, before, limit]: readonly [id: string, before: number | null, limit: number],
): Promise<schemas.VersionList> {
  const found = await database.rows(schemas.versionSummary, statements.listVersions, [id, before, limit + 1])
  // Every module has at least one version, so that there is none below the first only when something was read already.
  if (found.length === 0 && before === null) absent('module')
  const items = found.slice(0, limit)
  return { items, next: found.length > limit ? (items.at(-1)?.version ?? null) : null }
}

function placeOf(place: Place | undefined): readonly [string | null, string | null] {
  return place ?? [null, null]
}

function absent(what: string): never {
  throw new Problem(404, `There is no such ${what}.`)
}

/** SQLSTATE 23505: a unique constraint, of which modules have one that a client can break. */
async function orTaken<Result>(work: Promise<Result>): Promise<Result> {
  return work.catch((error: unknown) => {
    if (error instanceof pg.DatabaseError && error.code === '23505')
      throw new Problem(409, 'Another module of this folder has this name.')
    throw error
  })
}
