/** What is wrong with requests, and what every answer has. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { bodyBytes } from '../src/http/app.ts'
import { startApp, type TestApp } from './app.ts'
import { emptyDatabase, type TestDatabase } from './database.ts'

// All tests run in one process, where hooks outside of this would be those of every file.
describe('requests', () => {
  let postgres: TestDatabase
  let app: TestApp

  before(async () => {
    postgres = await emptyDatabase()
    app = startApp(postgres)
  })
  after(() => app.database.close())

  const module = '/modules/00000000-0000-4000-8000-000000000000'
  const welcome = { folder: 'guides', name: 'Welcome', body: 'Hello.' }

  test('it is not healthy before the database has its migrations, and says why', async () => {
    const before = await app.ask('GET', '/healthz')
    assert.equal(before.status, 503)
    assert.match(before.body.reason, /no migrations/)
    await postgres.migrate()
    const after = await app.ask('GET', '/healthz')
    assert.deepEqual(after.body, { status: 'ok', service: 'repo', release: 'test-1' })
    assert.equal(after.headers.get('x-release'), 'test-1')
  })

  const wrong: readonly [why: string, content: object, path: string][] = [
    ['a name that is missing', { folder: '', body: '' }, 'body.name'],
    ['a name of spaces', { ...welcome, name: '  ' }, 'body.name'],
    ['a name with a line break', { ...welcome, name: 'a\nb' }, 'body.name'],
    ['a name that is too long', { ...welcome, name: 'x'.repeat(121) }, 'body.name'],
    ['a folder that climbs', { ...welcome, folder: '../etc' }, 'body.folder'],
    ['a folder that begins with a slash', { ...welcome, folder: '/guides' }, 'body.folder'],
    ['a body with NUL', { ...welcome, body: 'a\0b' }, 'body.body'],
    ['a body that is no text', { ...welcome, body: 1 }, 'body.body'],
    ['a property that nobody knows', { ...welcome, version: 1 }, 'body'],
  ]

  for (const [why, content, path] of wrong)
    test(`${why} is refused, and the answer names it`, async () => {
      const { status, headers, body } = await app.ask('POST', '/modules', content)
      assert.equal(status, 400)
      assert.equal(headers.get('content-type'), 'application/problem+json')
      assert.deepEqual(
        body.errors.map((error: { path: string }) => error.path),
        [path],
      )
    })

  const refused: readonly [why: string, status: number, ask: () => Promise<{ readonly status: number }>][] = [
    ['text that is not JSON', 400, () => app.ask('POST', '/modules', '{')],
    [
      'a body of another type',
      415,
      () => app.ask('POST', '/modules', 'a=b', { 'content-type': 'text/plain' }),
    ],
    ['a body above the limit', 413, () => app.ask('POST', '/modules', 'x'.repeat(bodyBytes + 1))],
    ['an identity that is none', 400, () => app.ask('GET', '/modules/1')],
    ['a version that is none', 400, () => app.ask('GET', `${module}/versions/latest`)],
    ['a page that is too long', 400, () => app.ask('GET', '/modules?limit=101')],
    ['a cursor that is made up', 400, () => app.ask('GET', '/modules?after=WyJhIl0')],
    ['a query that nobody knows', 400, () => app.ask('GET', '/modules?order=name')],
    ['a module that is not there', 404, () => app.ask('GET', module)],
    ['a path that is not there', 404, () => app.ask('GET', '/nothing')],
  ]

  for (const [why, status, ask] of refused)
    test(`${why} is answered with ${status}`, async () => assert.equal((await ask()).status, status))

  test('the log has a line for each request, with neither query nor body', async () => {
    const before = app.logged.length
    await app.ask('POST', '/modules?secret=1', { ...welcome, body: 'secret' })
    assert.equal(app.logged.length, before + 1)
    const { ms, ...line } = app.logged[before] ?? {}
    assert.deepEqual(line, { method: 'POST', path: '/modules', status: 400 })
    assert.equal(typeof ms, 'number')
  })

  test('a description of the API is served whose every reference leads somewhere', async () => {
    const { body } = await app.ask('GET', '/openapi.json')
    assert.equal(body.openapi, '3.1.0')
    const references = [...JSON.stringify(body).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)]
    assert.ok(references.length > 20)
    for (const [, name = ''] of references) assert.ok(name in body.components.schemas, name)
    assert.equal(body.components.schemas.Content.properties.name.maxLength, 120)
    const update = body.paths['/modules/{id}'].put
    assert.deepEqual(
      update.parameters.map(({ name }: { name: string }) => name),
      ['id', 'If-Match'],
    )
    assert.deepEqual(
      ['200', '400', '404', '409', '412', '413', '415', '428', '500', '503'],
      Object.keys(update.responses),
    )
  })

  test('while the database is away it says so, and it goes on once it is back', async () => {
    await postgres.stop()
    for (const path of ['/modules', '/healthz']) {
      const { status } = await app.ask('GET', path)
      assert.equal(status, 503)
    }
    assert.equal((await app.ask('GET', '/modules')).headers.get('retry-after'), '2')
    await postgres.start()
    assert.equal((await app.ask('GET', '/modules')).status, 200)
    assert.equal((await app.ask('GET', '/healthz')).status, 200)
  })

  test('while it drains it is not healthy, serves all the same and keeps no connection', async () => {
    app.drain.begin()
    assert.equal((await app.ask('GET', '/healthz')).status, 503)
    const { status, headers } = await app.ask('GET', '/modules')
    assert.equal(status, 200)
    assert.equal(headers.get('connection'), 'close')
  })
})
