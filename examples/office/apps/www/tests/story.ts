/** What somebody does with a module, by pages and forms alone: every repository must tell the same story. */
import assert from 'node:assert/strict'
import { hidden, next, type TestSite } from './site.ts'

export const welcome = { folder: 'guides/start', name: 'Welcome', body: 'Hello.\nHow are you?' }

/** Creates a module and returns its path. */
export async function create(site: TestSite, content: Record<string, string> = welcome): Promise<string> {
  const created = await site.send('/modules', content)
  assert.equal(created.status, 303, created.text)
  return next(created)
}

export async function tellStory(site: TestSite): Promise<void> {
  const path = await create(site)
  const opened = await site.open(`${path}?done=created`)
  assert.match(opened.text, /The module is created\./)
  assert.match(opened.text, /\nHello\.\nHow are you\?<\/pre>/)
  assert.equal((await site.send('/modules', welcome)).status, 409)

  const form = await site.open(`${path}/edit`)
  const change = { ...welcome, body: 'Goodbye.', from: hidden(form, 'from') }
  const saved = await site.send(path, change)
  assert.equal(saved.headers.get('location'), `${path}?done=saved`)
  await refuseLateChange(site, path)

  const history = await site.open(`${path}/history`)
  assert.match(history.text, /Version 2<\/a> <span class="tag">current/)
  const old = await site.open(`${path}/versions/1`)
  assert.match(old.text, /How are you\?/)
  const restored = await site.send(`${path}/versions/1/restore`, { from: hidden(old, 'from') })
  assert.equal(restored.headers.get('location'), `${path}?done=restored`)
  assert.match((await site.open(path)).text, /Version 3[\s\S]*How are you\?/)
  assert.match((await site.open(`${path}/history`)).text, /restored from 1/)

  const question = await site.open(`${path}/delete`)
  assert.equal((await site.send(`${path}/delete`, { from: '2' })).status, 409)
  const deleted = await site.send(`${path}/delete`, { from: hidden(question, 'from') })
  assert.equal(deleted.headers.get('location'), '/?done=deleted')
  assert.equal((await site.open(path)).status, 404)
}

/** Somebody who wrote on top of version 1, which is not the newest any more. */
async function refuseLateChange(site: TestSite, path: string): Promise<void> {
  const late = await site.send(path, { ...welcome, body: 'Mine.', from: '1' })
  assert.equal(late.status, 409)
  assert.match(late.text, /Goodbye\.[\s\S]*Mine\./)
  assert.equal(hidden(late, 'from'), '2')
  assert.match((await site.open(path)).text, /Goodbye\./)
}
