/** Writes the OpenAPI description to `dist/openapi.json`, for those who make clients: `node build.ts`. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openApi } from './src/http/openapi.ts'
import { operations } from './src/http/operations.ts'

const folder = join(import.meta.dirname, 'dist')
mkdirSync(folder, { recursive: true })
writeFileSync(join(folder, 'openapi.json'), `${JSON.stringify(openApi(operations), null, 2)}\n`)
