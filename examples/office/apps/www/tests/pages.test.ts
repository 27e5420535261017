/** Pages and forms, in front of a repository in memory. */
import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { hidden, startSite, type TestSite } from './site.ts'
import { create, welcome } from './story.ts'
import { stubRepo } from './stub-repo.ts'

// All tests run in one process, where hooks outside of this would be those of every file.
describe('pages', () => {
  let site: TestSite
  beforeEach(async () => {
    await site?.close()
    site = await startSite(stubRepo())
  })
  after(() => site.close())

  test('the list shows modules by folder, a page at a time', async () => {
    for (let number = 100; number < 155; number++)
      await create(site, { ...welcome, name: `Module ${number}` })
    await create(site, { ...welcome, folder: '', name: 'On top' })
    const first = await site.open('/')
    assert.equal(first.status, 200)
    assert.equal(first.text.match(/<th scope="row">/g)?.length, 50)
    assert.match(first.text, /guides\/start<\/a>\s*<span class="count">55/)
    const more = /rel="next" href="([^"]*)"/.exec(first.text)?.[1]?.replaceAll('&amp;', '&') ?? ''
    assert.equal((await site.open(more)).text.match(/<th scope="row">/g)?.length, 6)
    const top = await site.open('/?folder=')
    assert.match(top.text, /On top/)
    assert.doesNotMatch(top.text, /Module 100/)
  })

  test('whatever is written is text on every page, never markup', async () => {
    const evil = `"><script>alert('x')</script></textarea></pre>&lt;`
    const path = await create(site, { folder: 'a', name: evil, body: evil })
    await site.send(path, { folder: 'a', name: evil, body: `${evil}2`, from: '1' })
    const late = await site.send(path, { folder: evil, name: evil, body: evil, from: '1' })
    const wrong = await site.send('/modules', { folder: evil, name: `${evil}${'x'.repeat(120)}`, body: evil })
    const others = ['', '/edit', '/delete', '/history', '/versions/1'].map((below) => site.open(path + below))
    const list = await site.open(`/?folder=${encodeURIComponent(evil)}&done=${encodeURIComponent(evil)}`)
    for (const { text } of [late, wrong, list, await site.open('/'), ...(await Promise.all(others))]) {
      assert.doesNotMatch(text, /<script>|alert\('x'\)|<\/pre>&lt;|&lt;\/textarea>|"><s/)
      assert.equal(text.match(/<script /g)?.length, 1)
    }
    assert.equal(late.status, 409)
    assert.match(late.text, /&lt;script&gt;alert\(&#39;x&#39;\)&lt;\/script&gt;/)
  })

  test('a text keeps its first line break and its lines', async () => {
    const path = await create(site, { ...welcome, body: '\n\nA\n B\n' })
    const form = await site.open(`${path}/edit`)
    assert.match(form.text, /<textarea[^>]*>\n\n\nA\n B\n<\/textarea>/)
  })

  test('of two who edit, the second sees both texts and can save on top', async () => {
    const path = await create(site)
    await site.send(path, { ...welcome, body: 'Theirs.', from: '1' })
    const late = await site.send(path, { ...welcome, body: 'Mine.', from: '1' })
    assert.equal(late.status, 409)
    assert.match(late.text, /aria-label="Their text">\nTheirs\.<\/pre>/)
    assert.match(late.text, /<textarea[^>]*>\nMine\.<\/textarea>/)
    const again = await site.send(path, { ...welcome, body: 'Both.', from: hidden(late, 'from') })
    assert.equal(again.status, 303)
    assert.match((await site.open(path)).text, /Both\./)
  })

  test('what is sent twice, because an answer was lost, is no conflict', async () => {
    const path = await create(site)
    const change = { ...welcome, body: 'Once.', from: '1' }
    for (const _ of [1, 2]) assert.equal((await site.send(path, change)).status, 303)
    assert.match((await site.open(path)).text, /Version 2,/)
  })

  test('a module that was deleted meanwhile can be saved as a new one', async () => {
    const path = await create(site)
    await site.send(`${path}/delete`, { from: '1' })
    const late = await site.send(path, { ...welcome, body: 'Mine.', from: '1' })
    assert.equal(late.status, 409)
    assert.match(late.text, /Somebody deleted the module[\s\S]*action="\/modules"[\s\S]*Mine\./)
  })

  test('what is wrong with a field is said beside it, and what was written stays', async () => {
    const { status, text } = await site.send('/modules', {
      folder: '',
      name: 'x'.repeat(121),
      body: 'Long work.',
    })
    assert.equal(status, 422)
    assert.match(text, /aria-invalid="true" aria-describedby="name-complaint"/)
    assert.match(text, /id="name-complaint">is not right</)
    assert.match(text, /Long work\./)
  })

  test('a form that is none of ours, or far too long, is refused in words', async () => {
    assert.equal((await site.send('/modules', { name: 'Only a name' })).status, 400)
    assert.equal((await site.send('/modules', { ...welcome, body: 'x'.repeat(1_000_001) })).status, 413)
  })

  test('what is not there is answered with a page that says so', async () => {
    const nobody = '/modules/00000000-0000-4000-8000-000000000000'
    for (const path of ['/nothing', '/modules/1', nobody, `${nobody}/history`, `${nobody}/versions/1`]) {
      const { status, text } = await site.open(path)
      assert.equal(status, 404, path)
      assert.match(text, /<h1>There is nothing here<\/h1>/)
    }
  })

  describe('while the repository is away', () => {
    test('pages say so, and the front itself stays healthy', async () => {
      await site.loseRepo()
      const { status, headers, text } = await site.open('/')
      assert.equal(status, 503)
      assert.equal(headers.get('retry-after'), '5')
      assert.match(text, /<h1>The modules cannot be reached at the moment<\/h1>/)
      assert.equal((await site.open('/healthz')).status, 200)
      assert.equal((await site.open('/modules/new')).status, 200)
    })

    test('what was written is not lost', async () => {
      await site.loseRepo()
      const { status, text } = await site.send('/modules', { ...welcome, body: 'Long work.' })
      assert.equal(status, 503)
      assert.match(text, /Your text is not saved yet\.[\s\S]*Long work\./)
    })

    test('one that answers nothing, or nonsense, counts as away', async () => {
      const answers = [
        () => sleep(2_000, new Response('late'), { ref: false }),
        () => new Response('<html>'),
        () => Response.json({ items: 'none' }),
        () => new Response('', { status: 502 }),
        () => new Response('', { status: 302, headers: { location: '/elsewhere' } }),
      ]
      for (const fetch of answers) {
        const other = await startSite({ fetch }, { timeoutMs: 100 })
        assert.equal((await other.open('/')).status, 503, String(fetch))
        await other.close()
      }
    })
  })
})

describe('assets', () => {
  let own: TestSite
  let elsewhere: TestSite
  before(async () => {
    own = await startSite(stubRepo())
    elsewhere = await startSite(stubRepo(), { assetsUrl: 'https://cdn.office.test/www/' })
  })
  after(() => Promise.all([own.close(), elsewhere.close()]))

  test('are served by names that change with their content, to be kept for ever', async () => {
    const { text } = await own.open('/')
    const paths = [...text.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map(([, path = '']) => path)
    assert.deepEqual([...new Set(paths.map((path) => path.replace(/\.[0-9a-f]{12}\./, '.')))].sort(), [
      '/assets/enhance.js',
      '/assets/icon.svg',
      '/assets/site.css',
    ])
    for (const path of paths) {
      const { status, headers } = await own.open(path)
      assert.equal(status, 200)
      assert.equal(headers.get('cache-control'), 'public, max-age=31536000, immutable')
    }
    for (const path of ['/assets/site.css', '/assets/manifest.json', '/assets/..%2fmanifest.json'])
      assert.equal((await own.open(path)).status, 404)
  })

  test('may be elsewhere, and then only there', async () => {
    const { text, headers } = await elsewhere.open('/')
    const path = /href="https:\/\/cdn\.office\.test\/www\/(site\.[^"]+)"/.exec(text)?.[1]
    assert.ok(path)
    assert.equal((await elsewhere.open(`/assets/${path}`)).status, 404)
    assert.match(headers.get('content-security-policy') ?? '', /script-src https:\/\/cdn\.office\.test;/)
  })

  test('and then by whichever scheme the page came', async () => {
    const site = await startSite(stubRepo(), { assetsUrl: '//cdn.office.test/www' })
    const { text, headers } = await site.open('/')
    await site.close()
    assert.match(text, /href="\/\/cdn\.office\.test\/www\/site\./)
    assert.match(headers.get('content-security-policy') ?? '', /script-src cdn\.office\.test;/)
  })

  test('and nothing else may run in a page', async () => {
    const { headers, text } = await own.open('/modules/new')
    const policy = headers.get('content-security-policy') ?? ''
    assert.match(
      policy,
      /^default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'/,
    )
    assert.doesNotMatch(text, / style=| on[a-z]+=|<style/)
  })
})
