/** The process of the web front: `node src/main.ts`. */
import { readAssets } from './assets/manifest.ts'
import { wwwApp } from './http/app.ts'
import { repoAt } from './repo/client.ts'
import { runService } from './service/run.ts'
import { readSettings } from './service/settings.ts'
import { wwwSettings } from './settings.ts'

await runService('www', () => {
  const settings = readSettings(wwwSettings, process.env)
  const assets = readAssets()
  return {
    settings,
    app: (surroundings) =>
      wwwApp(repoAt(settings.REPO_URL), surroundings, { assets, assetsUrl: settings.ASSETS_URL }),
  }
})
