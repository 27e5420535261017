import { describe, expect, test } from 'vitest'
import { type ArchiveOptions, archive, archiveKind } from './archive.ts'
import type { Found, Surroundings } from './kind.ts'
import { withSources } from './sources.ts'

const around: Surroundings = { changing: new Set(), digestOf: () => undefined }
/** Of no bytes at all. */
const digest = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

function bind(options: Partial<ArchiveOptions> = {}) {
  return archiveKind.bind(
    withSources(archive('/opt/x', { source: '/x.tar', ...options }), () => new Uint8Array()),
  )
}

describe('found + wanted -> change', () => {
  test.each<[string, Found | undefined, object | undefined]>([
    ['nothing', undefined, { action: 'create', why: [] }],
    ['the same', tree(`${digest} www:root 1`), undefined],
    ['another archive', tree(`${digest.replace('e', 'f')} www:root 1`), update('comes from another archive')],
    ['another owner', tree(`${digest} root:root 1`), update('of root:root, wanted www:root')],
    ['unpacked otherwise', tree(`${digest} www:root 0`), update('0 leading names stripped, wanted 1')],
    [
      'a broken stamp',
      tree(''),
      { action: 'update', why: expect.arrayContaining(['comes from another archive']) },
    ],
    ['a tree of somebody else', { type: 'directory' }, replace('does not come from an archive')],
    ['a link', { type: 'link', stamp: `${digest} www:root 1` }, replace('is a link, wanted a directory')],
  ])('%s', (_what, found, change) => {
    expect(bind({ owner: 'www', strip: 1 }).diff(found, around)).toEqual(change)
  })

  function tree(stamp: string): Found {
    return { type: 'directory', stamp }
  }
  function update(...why: readonly string[]) {
    return { action: 'update', why }
  }
  function replace(...why: readonly string[]) {
    return { action: 'replace', why }
  }
})

test('the archive goes along as a file and a whole tree of others is kept', () => {
  const { payloads, prepare, script } = bind({ strip: 2 }).apply({ action: 'create', why: [] }, undefined)
  expect(payloads).toEqual({ archive: { file: '/x.tar', digest } })
  expect(prepare?.shell).toContain('cp -aT /opt/x ')
  expect(script.shell).toContain('--no-same-owner --no-same-permissions --strip-components=2\n')
  expect(script.shell).toContain(`echo '${digest} root:root 2' >"$tree"/.copse-archive`)
})

test('the same wish is the same digest, wherever the controller keeps the archive', () => {
  expect(bind({ source: '/y.tar' }).digest).toBe(bind().digest)
  expect(bind({ owner: 'www' }).digest).not.toBe(bind().digest)
})

test('an archive that was not read can be bound, but not planned', () => {
  const bound = archiveKind.bind(archive('/opt/x', { source: '/x.tar' }))
  expect(() => bound.diff({ type: 'directory', stamp: '' }, around)).toThrow(
    'the source of archive /opt/x was not read',
  )
})

test.each([{ strip: -1 }, { strip: 1.5 }, { owner: 'a b' }])('%j is refused', (options) => {
  expect(() => archive('/opt/x', { source: '/x.tar', ...options })).toThrow(/^archive: /)
})
