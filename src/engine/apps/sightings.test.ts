import { expect, test } from 'vitest'
import { formerOf } from './deploy.ts'
import { nextNumber, parseSightings, presentOf, type Sighting, wantedOf } from './sightings.ts'

const release = (number: number, more: Partial<Sighting> = {}): Sighting => ({
  ...{ app: 'www', host: 'web1', number, artifact: `a${number}`, config: 'c', commit: 'abc', made: number },
  ...{ good: 0, present: 0 },
  ...more,
})
const good = { good: 1 }
const numberOf = (sightings: readonly Sighting[]) => presentOf(sightings, 'www')?.number

test('what hosts and the store print becomes sightings', () => {
  expect(parseSightings('web1', 'www\t8\taa\tcc\tabc+\t100\t0\t120\n\nnot a line\n')).toEqual([
    {
      ...{ app: 'www', host: 'web1', number: 8, artifact: 'aa', config: 'cc', commit: 'abc+' },
      ...{ made: 100, good: 0, present: 120 },
    },
  ])
})

test('the release that runs and is proven is the present one', () => {
  expect(numberOf([release(7, good), release(8, { ...good, present: 5 })])).toBe(8)
  expect(numberOf([release(8, { app: 'repo', ...good, present: 5 })])).toBeUndefined()
})

test('one that was never proven is none, though it runs', () => {
  const cutOff = [release(8, { present: 9 }), release(7, { ...good, host: 'web2', present: 5 })]
  expect(numberOf(cutOff)).toBe(7)
  expect(numberOf([release(8, { present: 9 })])).toBeUndefined()
})

test('a host that missed the word of the proof goes along', () => {
  expect(numberOf([release(8, { present: 9 }), release(8, { ...good, host: 'web2' })])).toBe(8)
})

test('after a cut rollback the release that was chosen last is the present one', () => {
  const both = [release(7, { ...good, present: 20 }), release(8, { ...good, host: 'web2', present: 10 })]
  expect(numberOf(both)).toBe(7)
})

test('the store is believed only where no host runs any', () => {
  const store = release(6, { ...good, host: undefined, present: 99 })
  expect(numberOf([store])).toBe(6)
  expect(numberOf([store, release(7, { ...good, present: 5 })])).toBe(7)
})

test('nothing is new where artifact and config are the same', () => {
  const runs = [release(8, { ...good, present: 5 })]
  const wanted = (config: string | undefined, artifact?: string) =>
    wantedOf(runs, 'www', {
      config,
      choice: artifact === undefined ? undefined : { artifact, commit: 'def' },
    })
  expect(wanted('c')).toMatchObject({ number: 8, artifact: 'a8', migrates: false })
  expect(wanted(undefined)).toMatchObject({ number: 8 })
  expect(wanted('c', 'a8')).toMatchObject({ number: 8, commit: 'abc' })
  expect(wanted('d')).toEqual({ number: 9, artifact: 'a8', config: 'd', commit: 'abc', migrates: true })
  expect(wanted('c', 'a9')).toEqual({ number: 9, artifact: 'a9', config: 'c', commit: 'def', migrates: true })
})

test('an app without a release wants none until one was built', () => {
  expect(wantedOf([], 'www', { config: 'c', choice: undefined })).toBeUndefined()
  expect(wantedOf([], 'www', { config: 'c', choice: { artifact: 'a', commit: '-' } })?.number).toBe(1)
})

test('no number is used twice, also not that of a release that failed', () => {
  expect(
    nextNumber([release(7, { ...good, present: 5 }), release(9), release(3, { app: 'repo' })], 'www'),
  ).toBe(10)
})

test('a rollback goes to the good release before, or to the one that a cut deploy left', () => {
  const app = { name: 'www' }
  const kept = [release(5, good), release(6), release(7, good), release(8, { ...good, present: 5 })]
  expect(formerOf(kept, app)?.number).toBe(7)
  const cutOff = [...kept, release(9, { host: 'web2', present: 9 })]
  expect(formerOf(cutOff, app)?.number).toBe(8)
  expect(formerOf([release(8, { ...good, present: 5 })], app)).toBeUndefined()
  // Deployed, gone back from, and deployed again: who goes back once more does not want the same.
  const again = [
    release(6, good),
    release(7, { ...good, artifact: 'x' }),
    release(8, { ...good, present: 5, artifact: 'x' }),
  ]
  expect(formerOf(again, app)?.number).toBe(6)
  const remembered = [release(7, { ...good, host: undefined }), release(8, { ...good, present: 5 })]
  expect(formerOf(remembered, app)).toBeUndefined()
})
