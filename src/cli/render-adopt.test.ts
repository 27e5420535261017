import { expect, test } from 'vitest'
import { office } from '../../test/fixture/office.ts'
import { plainPaint } from './paint.ts'
import { renderAdoptable } from './render-adopt.ts'

test('machines and data are named, and whose they are, before they are taken over', () => {
  const found = {
    holder: 'ben on box, keys in /home/ben/state/dev, since 2026-01-02',
    machines: [{ host: 'web1', state: 'running' as const }],
    volumes: [{ host: 'db', name: 'postgres' }],
  }
  const options = { secrets: ['ca-key'], paint: plainPaint }
  expect(renderAdoptable(office, found, options)).toMatchInlineSnapshot(`
    "  dev of office   the way in is held by ben on box, keys in /home/ben/state/dev, since 2026-01-02
        ~ machine devweb1, running
        ~ volume postgres of devdb
        ~ secret ca-key
    Your key will open these, and theirs no longer. Nothing is made anew, restarted or renamed.
    "
  `)
  expect(renderAdoptable(office, found, { ...options, secrets: undefined })).toContain(
    'Their secrets cannot be read from here',
  )
})
