import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Secret } from '../../lib/secret.ts'
import { nothingHeld, withValue } from './document.ts'
import { inherit, readInheritance } from './inherit.ts'
import { localStore } from './store.ts'

let theirs: string
let own: string
beforeEach(() => {
  theirs = mkdtempSync(join(tmpdir(), 'copse-theirs-'))
  own = mkdtempSync(join(tmpdir(), 'copse-own-'))
})
afterEach(() => {
  rmSync(theirs, { recursive: true })
  rmSync(own, { recursive: true })
})

const held = (name: string, value: string, isMade: boolean, before = nothingHeld) =>
  withValue(before, name, { value: new Secret(value), isMade })

test('what hosts have takes the place of what the new operator kept, whose own key reads it', async () => {
  await localStore(theirs).write(held('app-key', 'theirs', true, held('smtp', 'typed', false)))
  await localStore(theirs).keepCertificate('authority')
  await localStore(own).write(held('app-key', 'old', false, held('other', 'own', true)))
  const found = (await readInheritance(theirs)) ?? expect.fail('nothing was read')
  await inherit(localStore(own), found)
  const { values, generated } = await localStore(own).read()
  expect([...values].map(([name, value]) => [name, value.reveal()]).sort()).toEqual([
    ['app-key', 'theirs'],
    ['other', 'own'],
    ['smtp', 'typed'],
  ])
  expect([...generated].sort()).toEqual(['app-key', 'other'])
  expect(await localStore(own).certificate()).toBe('authority')
})

test('none, a damaged file and one without its key are nothing that could be had', async () => {
  expect(await readInheritance(theirs)).toBeUndefined()
  await localStore(theirs).write(held('app-key', 'theirs', true))
  rmSync(join(theirs, 'secrets.key'))
  expect(await readInheritance(theirs)).toBeUndefined()
  writeFileSync(join(theirs, 'secrets.key'), 'x')
  expect(await readInheritance(theirs)).toBeUndefined()
})
