/** Writes the assets that pages refer to, and a manifest of their names: `node build.ts`. */
import { writeAssets } from './src/assets/write.ts'

writeAssets()
