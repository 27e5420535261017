import { expect, test } from 'vitest'
import { office } from '../../test/fixture/office.ts'
import { plainPaint } from './paint.ts'
import { renderDoomed } from './render-destroy.ts'

test('machines and data are named before they go', () => {
  const doomed = { machines: ['dns'], volumes: [{ host: 'db', name: 'postgres' }] }
  expect(renderDoomed(office, doomed, plainPaint)).toBe(`  machines
    - machine devdns
    - volume postgres of devdb, with its data
`)
})
