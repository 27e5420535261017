/** The process of the content repository: `node src/main.ts`. */
import { openDatabase } from './database/database.ts'
import { readMigrations } from './database/migrations.ts'
import { databaseTrouble } from './database/readiness.ts'
import { repoApp } from './http/app.ts'
import { modulesIn } from './modules/store.ts'
import { runService } from './service/run.ts'
import { readSettings } from './service/settings.ts'
import { repoSettings } from './settings.ts'

await runService('repo', () => {
  const settings = readSettings(repoSettings, process.env)
  const database = openDatabase(settings)
  const trouble = databaseTrouble(database, readMigrations().length)
  return {
    settings,
    app: (surroundings) => repoApp(modulesIn(database), surroundings, trouble),
    close: () => database.close(),
  }
})
