/** What a module is, once for everything: requests are checked by it, answers are made by it, OpenAPI tells of it. */
import { z } from 'zod'

/** Names of components in the OpenAPI description. */
export const components = z.registry<{ id: string }>()

const segment = '[a-z0-9][a-z0-9._-]*'

export const folder = z
  .string()
  .max(200)
  .regex(
    new RegExp(`^(?:${segment}(?:/${segment})*)?$`),
    'must be segments of a-z, 0-9, dot, dash or underscore with / between them',
  )
  .describe('Path such as `guides/start`; empty: the top folder.')

export const name = z
  .string()
  .min(1)
  .max(120)
  .regex(/^(?!\s)[^\p{Cc}]*(?<!\s)$/u, 'must not begin or end with a space, nor hold control characters')
  .describe('Unique within its folder.')

export const body = z
  .string()
  .max(200_000)
  // PostgreSQL cannot keep it.
  .regex(/^[^\0]*$/, 'must not hold the character NUL')
  .describe('Plain text.')

/** What the database's integer can hold. */
export const newestVersion = 2_147_483_647
export const versionNumber = z.int().min(1).max(newestVersion)

const place = { folder, name }
const times = { createdAt: z.iso.datetime(), updatedAt: z.iso.datetime() }
const versionTimes = { madeAt: z.iso.datetime(), restoredFrom: versionNumber.nullable() }

export const moduleId = z.uuid()
export const content = z.strictObject({ ...place, body })
export const moduleSummary = z.object({ id: moduleId, ...place, version: versionNumber, ...times })
export const module = moduleSummary.extend({ body })
export const versionSummary = z.object({ version: versionNumber, ...place, ...versionTimes })
export const version = versionSummary.extend({ body })
export const folderSummary = z.object({ folder, modules: z.int().min(1) })

export const moduleList = z.object({
  items: z.array(moduleSummary),
  next: z.string().nullable().describe('Give it as `after` to read on; null: there is no more.'),
})
export const versionList = z.object({
  items: z.array(versionSummary),
  next: versionNumber.nullable().describe('Give it as `before` to read on; null: there is no more.'),
})
export const folderList = z.object({ items: z.array(folderSummary) })

components.add(content, { id: 'Content' })
components.add(moduleSummary, { id: 'ModuleSummary' })
components.add(module, { id: 'Module' })
components.add(versionSummary, { id: 'VersionSummary' })
components.add(version, { id: 'Version' })
components.add(folderSummary, { id: 'FolderSummary' })
components.add(moduleList, { id: 'ModuleList' })
components.add(versionList, { id: 'VersionList' })
components.add(folderList, { id: 'FolderList' })

export type Content = z.output<typeof content>
export type Module = z.output<typeof module>
export type Version = z.output<typeof version>
export type ModuleList = z.output<typeof moduleList>
export type VersionList = z.output<typeof versionList>
export type FolderList = z.output<typeof folderList>
