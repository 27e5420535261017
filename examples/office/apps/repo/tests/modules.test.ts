/** Modules through the API, on a real PostgreSQL. */
import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { startApp, type TestApp } from './app.ts'
import { emptyDatabase, type TestDatabase } from './database.ts'

// All tests run in one process, where hooks outside of this would be those of every file.
describe('modules', () => {
  let postgres: TestDatabase
  let app: TestApp

  before(async () => {
    postgres = await emptyDatabase()
    await postgres.migrate()
    app = startApp(postgres)
  })
  beforeEach(() => postgres.query('delete from modules'))
  after(() => app.database.close())

  const welcome = { folder: 'guides/start', name: 'Welcome', body: 'Hello.\n' }
  const absent = '/modules/00000000-0000-4000-8000-000000000000'

  async function create(content: object = welcome): Promise<string> {
    const { status, headers } = await app.ask('POST', '/modules', content)
    assert.equal(status, 201)
    return headers.get('location') ?? assert.fail('it has no address')
  }

  const from = (version: number) => ({ 'if-match': `"${version}"` })

  test('what was created is read as it was sent', async () => {
    const body = 'Zoë <script>alert(1)</script> \u{1f333} "quoted" \\ \r\n'
    const made = await app.ask('POST', '/modules', { ...welcome, body })
    assert.equal(made.status, 201)
    assert.equal(made.headers.get('etag'), '"1"')
    const read = await app.ask('GET', made.headers.get('location') ?? '')
    assert.deepEqual(read.body, made.body)
    assert.deepEqual({ ...read.body, ...welcome, body }, read.body)
    assert.equal(read.headers.get('etag'), '"1"')
    assert.match(read.body.createdAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  })

  test('an update makes a new version', async () => {
    const path = await create()
    const updated = await app.ask('PUT', path, { ...welcome, body: 'Goodbye.' }, from(1))
    assert.equal(updated.status, 200)
    assert.equal(updated.headers.get('etag'), '"2"')
    assert.equal((await app.ask('GET', path)).body.body, 'Goodbye.')
  })

  test('of two who change the same version one is told of the conflict, and nothing of the other is lost', async () => {
    const path = await create()
    const replies = await Promise.all(
      ['mine', 'yours'].map((body) => app.ask('PUT', path, { ...welcome, body }, from(1))),
    )
    assert.deepEqual(replies.map(({ status }) => status).sort(), [200, 412])
    const lost = replies.find(({ status }) => status === 412)
    assert.equal(lost?.headers.get('content-type'), 'application/problem+json')
    const won = replies.find(({ status }) => status === 200)
    assert.equal((await app.ask('GET', path)).body.body, won?.body.body)
    assert.equal((await app.ask('GET', `${path}/versions`)).body.items.length, 2)
  })

  test('a change must say from which version; any will do when it says so', async () => {
    const path = await create()
    assert.equal((await app.ask('PUT', path, welcome)).status, 428)
    assert.equal((await app.ask('DELETE', path)).status, 428)
    assert.equal((await app.ask('PUT', path, welcome, { 'if-match': 'W/"1"' })).status, 412)
    assert.equal((await app.ask('PUT', path, welcome, { 'if-match': '"7", "1"' })).status, 200)
    assert.equal((await app.ask('PUT', path, welcome, { 'if-match': '*' })).status, 200)
  })

  test('a module is deleted with its versions, but not by somebody who read an older one', async () => {
    const path = await create()
    await app.ask('PUT', path, { ...welcome, body: 'Newer.' }, from(1))
    assert.equal((await app.ask('DELETE', path, undefined, from(1))).status, 412)
    assert.equal((await app.ask('DELETE', path, undefined, from(2))).status, 204)
    for (const gone of [path, `${path}/versions`, `${path}/versions/1`])
      assert.equal((await app.ask('GET', gone)).status, 404)
    assert.equal((await app.ask('DELETE', path, undefined, from(2))).status, 404)
  })

  test('history tells every version, the newest first, and old ones can be read', async () => {
    const path = await create()
    for (const version of [1, 2, 3])
      await app.ask('PUT', path, { ...welcome, name: `Name ${version}`, body: `${version}` }, from(version))
    const first = await app.ask('GET', `${path}/versions?limit=3`)
    assert.deepEqual(
      first.body.items.map(({ version }: { version: number }) => version),
      [4, 3, 2],
    )
    assert.equal(first.body.next, 2)
    const rest = await app.ask('GET', `${path}/versions?limit=3&before=${first.body.next}`)
    assert.equal(rest.body.items.length, 1)
    assert.equal(rest.body.next, null)
    assert.equal((await app.ask('GET', `${path}/versions/1`)).body.body, welcome.body)
    assert.equal((await app.ask('GET', `${path}/versions/5`)).status, 404)
    assert.equal((await app.ask('GET', `${absent}/versions`)).status, 404)
  })

  test('an old version is restored as a new one, which says so', async () => {
    const path = await create()
    await app.ask('PUT', path, { folder: '', name: 'Moved', body: 'Changed.' }, from(1))
    assert.equal((await app.ask('POST', `${path}/versions/1/restore`, undefined, from(1))).status, 412)
    assert.equal((await app.ask('POST', `${path}/versions/9/restore`, undefined, from(2))).status, 404)
    const restored = await app.ask('POST', `${path}/versions/1/restore`, undefined, from(2))
    assert.equal(restored.status, 200)
    assert.equal(restored.headers.get('etag'), '"3"')
    assert.deepEqual({ ...restored.body, ...welcome }, restored.body)
    const { items } = (await app.ask('GET', `${path}/versions`)).body
    assert.deepEqual(
      items.map(({ restoredFrom }: { restoredFrom: number | null }) => restoredFrom),
      [1, null, null],
    )
  })

  test('a name is unique in its folder, also for what is moved or restored there', async () => {
    const path = await create()
    assert.equal((await app.ask('POST', '/modules', welcome)).status, 409)
    await app.ask('PUT', path, { ...welcome, name: 'Other' }, from(1))
    await create()
    assert.equal((await app.ask('PUT', path, welcome, from(2))).status, 409)
    assert.equal((await app.ask('POST', `${path}/versions/1/restore`, undefined, from(2))).status, 409)
    assert.equal((await app.ask('GET', path)).body.version, 2)
  })

  test('pages of a list hold every module once, in order', async () => {
    const names = ['A', 'B', 'C', 'D', 'E']
    for (const folder of ['b', 'a', '']) for (const name of names) await create({ folder, name, body: '' })
    const seen: string[] = []
    for (let next: string | null = ''; next !== null; ) {
      const { body } = await app.ask('GET', `/modules?limit=4${next && `&after=${next}`}`)
      seen.push(...body.items.map((item: { folder: string; name: string }) => `${item.folder}/${item.name}`))
      next = body.next
    }
    assert.deepEqual(
      seen,
      ['', 'a', 'b'].flatMap((folder) => names.map((name) => `${folder}/${name}`)),
    )
    const one = await app.ask('GET', '/modules?folder=a&limit=5')
    assert.equal(one.body.items.length, 5)
    assert.equal(one.body.next, null)
  })

  test('folders are listed with how many modules they have', async () => {
    await create()
    await create({ ...welcome, name: 'Second' })
    await create({ ...welcome, folder: '' })
    assert.deepEqual((await app.ask('GET', '/folders')).body.items, [
      { folder: '', modules: 1 },
      { folder: 'guides/start', modules: 2 },
    ])
  })
})
