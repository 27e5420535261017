/** The same story in front of the stub and of the real repository, where that is beside this app with what its tests need. */
import { existsSync } from 'node:fs'
import { after, describe, test } from 'node:test'
import { startSite, type TestSite } from './site.ts'
import { tellStory } from './story.ts'
import { stubRepo } from './stub-repo.ts'

const beside = new URL('../../repo/', import.meta.url)
const isBeside = existsSync(new URL('node_modules/@electric-sql/pglite', beside))
// Its types are those of another project, whose packages need not be there.
const real = isBeside && {
  ...(await import(new URL('tests/database.ts', beside).href)),
  ...(await import(new URL('tests/app.ts', beside).href)),
}

describe('a module is created, changed, restored and deleted', () => {
  let site: TestSite | undefined
  after(() => site?.close())

  test('with a stub', async () => {
    site = await startSite(stubRepo())
    await tellStory(site)
    await site.close()
  })

  test('with the real repository', { skip: !real && 'it is not beside this app' }, async () => {
    const postgres = await real.emptyDatabase()
    await postgres.migrate()
    const app = real.startApp(postgres)
    site = await startSite(app)
    try {
      await tellStory(site)
    } finally {
      await app.database.close()
    }
  })
})
