/** What the web front reads of the content repository's answers: properties that it does not know yet are left out. */
import { z } from 'zod'

const place = { folder: z.string(), name: z.string() }

export const moduleSummary = z.object({
  id: z.uuid(),
  ...place,
  version: z.int(),
  createdAt: z.string(),
  updatedAt: z.string(),
})
export const module = moduleSummary.extend({ body: z.string() })
export const versionSummary = z.object({
  version: z.int(),
  ...place,
  madeAt: z.string(),
  restoredFrom: z.int().nullable(),
})
export const version = versionSummary.extend({ body: z.string() })
export const moduleList = z.object({ items: z.array(moduleSummary), next: z.string().nullable() })
export const versionList = z.object({ items: z.array(versionSummary), next: z.int().nullable() })
export const folderList = z.object({
  items: z.array(z.object({ folder: z.string(), modules: z.int() })),
})
export const problem = z.object({
  detail: z.string(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
})

export type Module = z.output<typeof module>
export type ModuleSummary = z.output<typeof moduleSummary>
export type Version = z.output<typeof version>
export type VersionSummary = z.output<typeof versionSummary>
export type ModuleList = z.output<typeof moduleList>
export type VersionList = z.output<typeof versionList>
export type FolderList = z.output<typeof folderList>

/** What somebody can write in a module. */
export type Content = Pick<Module, 'folder' | 'name' | 'body'>
