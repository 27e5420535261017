/** An app that uses PostgreSQL has a database of its own name, which must be one that there can be. */
import { databaseName, databaseOfApp } from '../../roles/postgres/access.ts'
import type { Definition } from '../definition.ts'
import type { Problem } from '../problem.ts'

export function checkAppDatabases({ apps, groups }: Definition): readonly Problem[] {
  const isThere = groups.some(({ roles }) => roles.some(({ name }) => name === 'postgres'))
  return apps.flatMap(({ name, place, settings }) => {
    const index = settings.uses.findIndex((word) => word === 'postgres' || word === 'postgres.postgres')
    const database = databaseOfApp(name)
    if (!isThere || index < 0 || databaseName.safeParse(database).success) return []
    return [
      {
        message: `${name} uses postgres, but its database cannot be called ${database}`,
        hint: 'give the app a name of at most 40 characters that does not begin with pg-, copse-, template or postgres',
        origin: { place, path: [0, 'uses', index] },
      },
    ]
  })
}
