/** The SQL of modules. Each is one statement, which keeps a module and its versions in step without a transaction. */

const utc = (column: string) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

const times = `${utc('created_at')} as "createdAt", ${utc('updated_at')} as "updatedAt"`
const summary = `id, folder, name, version, ${times}`
const versionSummary = `version, folder, name, ${utc('made_at')} as "madeAt", restored_from as "restoredFrom"`

/** Whoever changes a module names the versions that it may have; null: any. */
const isExpected = 'id = $1 and ($2::integer[] is null or version = any($2))'

/** Folder or null, then the place to read on after or nulls, then how many. */
export const listModules = `
  select ${summary} from modules
  where ($1::text is null or folder = $1)
    and ($2::text is null or (folder, name) > ($2, $3::text))
  order by folder, name limit $4`

export const listFolders = `
  select folder, count(*)::integer as modules from modules group by folder order by folder`

export const readModule = `
  select ${summary}, (select body from module_versions v where v.module_id = m.id and v.version = m.version) as body
  from modules m where id = $1`

export const createModule = `
  with made as (
    insert into modules (folder, name, version) values ($1, $2, 1) returning *
  ), kept as (
    insert into module_versions (module_id, version, folder, name, body, made_at)
    select id, version, folder, name, $3, updated_at from made
  )
  select ${summary}, $3::text as body from made`

/** Identity, expected versions, then what is new. */
export const updateModule = `
  with changed as (
    update modules set folder = $3, name = $4, version = version + 1, updated_at = clock_timestamp()
    where ${isExpected} returning *
  ), kept as (
    insert into module_versions (module_id, version, folder, name, body, made_at)
    select id, version, folder, name, $5, updated_at from changed
  )
  select ${summary}, $5::text as body from changed`

/** Identity, expected versions, then the version to repeat. */
export const restoreVersion = `
  with old as (
    select folder as old_folder, name as old_name, body from module_versions where module_id = $1 and version = $3
  ), changed as (
    update modules set folder = old_folder, name = old_name, version = version + 1, updated_at = clock_timestamp()
    from old where ${isExpected} returning modules.*, old.body
  ), kept as (
    insert into module_versions (module_id, version, folder, name, body, made_at, restored_from)
    select id, version, folder, name, body, updated_at, $3 from changed
  )
  select ${summary}, body from changed`

export const deleteModule = `delete from modules where ${isExpected} returning id`

/** Identity, then the version to read on before or null, then how many. */
export const listVersions = `
  select ${versionSummary} from module_versions
  where module_id = $1 and ($2::integer is null or version < $2)
  order by version desc limit $3`

export const readVersion = `
  select ${versionSummary}, body from module_versions where module_id = $1 and version = $2`

/** The newest migration that the database has. */
export const newestMigration = 'select max(number) as number from migrations'
