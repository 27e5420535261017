/** Forms of other sites are refused. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { isSameOrigin } from '../src/http/same-origin.ts'
import { startSite, type TestSite } from './site.ts'
import { create, welcome } from './story.ts'
import { stubRepo } from './stub-repo.ts'

const cases: readonly [why: string, headers: Record<string, string>, isOurs: boolean][] = [
  ['a page of ours', { 'sec-fetch-site': 'same-origin', origin: 'https://www.test' }, true],
  ['a browser that tells the origin alone', { origin: 'http://www.test' }, true],
  ['the same behind somebody who speaks TLS for us', { origin: 'https://www.test' }, true],
  ['another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.test' }, false],
  ['another name of our domain', { 'sec-fetch-site': 'same-site', origin: 'https://cdn.test' }, false],
  ['another site in an old browser', { origin: 'https://evil.test' }, false],
  ['a name that begins like ours', { origin: 'https://www.test.evil.test' }, false],
  ['another port', { origin: 'http://www.test:8080' }, false],
  ['a page without an origin', { origin: 'null' }, false],
  ['nobody who says where from', {}, false],
]

for (const [why, headers, isOurs] of cases)
  test(`a form from ${why} is ${isOurs ? 'taken' : 'refused'}`, () => {
    const { origin, 'sec-fetch-site': secFetchSite } = headers
    assert.equal(isSameOrigin({ origin, secFetchSite, host: 'www.test' }), isOurs)
  })

test('the port that a scheme has anyway makes no difference', () => {
  const told = { secFetchSite: undefined, origin: 'https://www.test' }
  assert.equal(isSameOrigin({ ...told, host: 'www.test:443' }), true)
  assert.equal(isSameOrigin({ ...told, host: undefined }), false)
})

describe('a form of another site', () => {
  let site: TestSite
  before(async () => {
    site = await startSite(stubRepo())
  })
  after(() => site.close())

  test('changes nothing, whatever it asks for', async () => {
    const path = await create(site)
    const foreign = { origin: 'https://evil.test', host: 'www.test' }
    for (const target of ['/modules', path, `${path}/delete`, `${path}/versions/1/restore`]) {
      const { status, text } = await site.send(target, { ...welcome, name: 'Evil', from: '1' }, foreign)
      assert.equal(status, 403, target)
      assert.match(text, /<h1>This form did not come from here<\/h1>/)
    }
    assert.match((await site.open(path)).text, /Version 1,/)
    assert.doesNotMatch((await site.open('/')).text, /Evil/)
  })
})
