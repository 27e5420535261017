import { describe, expect, test } from 'vitest'
import { sha256 } from '../lib/digest.ts'
import type { Resource } from '../model/resource.ts'
import { type FileBody, type FileOptions, file, fileKind } from './file.ts'
import type { Found, Surroundings } from './kind.ts'
import { secret, secretText, withSecrets } from './secret-text.ts'

const around: Surroundings = { changing: new Set(), digestOf: () => undefined }
const root: Found = { type: 'file', owner: 'root', group: 'root', mode: '0644' }
const old: Found = { ...root, sha: sha256('old\n'), text: 'old\n' }
const same: Found = { ...root, sha: sha256('new\n') }

/** Settings of a file that holds text. */
type Options = Omit<FileOptions, keyof FileBody> & { readonly content: string }

function plan(options: Options, found?: Found) {
  const bound = fileKind.bind(file('/etc/x.conf', options))
  const change = bound.diff(found, around)
  return { bound, change, step: change && bound.apply(change, found) }
}

describe('found + wanted -> change', () => {
  test.each([
    ['nothing', undefined, {}, { action: 'create', why: [], diff: { before: '', after: 'new\n' } }],
    ['the same', same, {}, undefined],
    ['the same of another owner', { ...same, owner: '1000' }, {}, update('owner 1000, wanted root')],
    ['the same of another group', same, { group: 'www-data' }, update('group root, wanted www-data')],
    ['the same with another mode', same, { mode: 0o4 }, update('mode 0644, wanted 0004')],
    ['a secret with the default mode', { ...same, mode: '0600' }, { secret: true }, undefined],
    ['another text', old, {}, { ...update('content'), diff: { before: 'old\n', after: 'new\n' } }],
    ['bytes', { ...root, sha: sha256('\0') }, {}, update('content')],
    ['another secret', { ...old, mode: '0600' }, { secret: true }, update('content')],
    ['a link', { ...root, type: 'link' }, {}, { action: 'replace', why: ['is a link, wanted a file'] }],
    ['a directory', { type: 'directory' }, {}, { action: 'replace', why: ['is a directory, wanted a file'] }],
  ])('%s', (_what, found, options, change) => {
    expect(plan({ content: 'new\n', ...options }, found).change).toEqual(change)
  })

  function update(...why: readonly string[]) {
    return { action: 'update', why }
  }
})

describe('change -> commands', () => {
  test('a new content is written beside its place, checked and moved', () => {
    const { step } = plan({ content: 'new\n', mode: 0o640, group: 'www', validate: 'nginx -t -c %s' }, old)
    expect(step?.payloads).toEqual({ content: { text: 'new\n' } })
    expect(step?.script.shell).toBe(`if [ ! -d /etc ]; then mkdir -p /etc; fi
if [ -e /etc/.copse-28ef2e7346ff.conf ] || [ -L /etc/.copse-28ef2e7346ff.conf ]; then rm -rf /etc/.copse-28ef2e7346ff.conf; fi
trap 'rm -rf /etc/.copse-28ef2e7346ff.conf' EXIT
trap 'exit 1' HUP INT TERM
chown root:www content
chmod 0640 content
cp -T --remove-destination --preserve=mode,ownership content /etc/.copse-28ef2e7346ff.conf
sync /etc/.copse-28ef2e7346ff.conf
if ! ( nginx -t -c /etc/.copse-28ef2e7346ff.conf ); then
  echo '/etc/x.conf stays as it is: nginx -t -c %s refused the new one' >&2
  exit 1
fi
if [ -d /etc/x.conf ] && [ ! -L /etc/x.conf ]; then rmdir /etc/x.conf; fi
mv -fT /etc/.copse-28ef2e7346ff.conf /etc/x.conf
trap - EXIT
sync /etc`)
  })

  test('a wrong mode is mended without writing or checking anything', () => {
    const { step } = plan({ content: 'new\n', mode: 0o600, validate: 'false %s' }, same)
    expect(step?.payloads).toBeUndefined()
    expect(step?.script.shell).toMatch(/^exec 3<\/etc\/x.conf\n/)
    expect(step?.script.shell).toContain('chmod 0600 /proc/self/fd/3')
    expect(step?.script.shell).not.toContain('false')
  })

  test('a file that can lock us out waits for a new login', () => {
    const { step } = plan({ content: 'new\n', confirm: { reload: ['ssh'] } })
    expect(step?.confirm).toEqual({ paths: ['/etc/x.conf'], reload: ['ssh'] })
    expect(plan({ content: 'new\n' }).step).not.toHaveProperty('confirm')
    expect(fileKind.remove('/etc/pam.d/sshd', {}).confirm).toEqual({ paths: ['/etc/pam.d/sshd'], reload: [] })
  })
})

describe('what the host remembers and is asked', () => {
  const digestOf = (resource: Resource) => fileKind.bind(resource).digest
  const read = (at: string) => ({ source: { file: at, digest: sha256('a') } })
  const bytes = (at: string): Resource => {
    const { spec, ...rest } = file('/a', { source: '/x' })
    return { ...rest, spec: { ...Object(spec), ...read(at) } }
  }

  test('the same wish is the same digest, wherever the controller keeps the bytes', () => {
    const digests = [bytes('/here'), bytes('/there'), file('/a', { content: 'a' })].map(digestOf)
    expect(new Set(digests).size).toBe(1)
    expect(digestOf(file('/a', { content: 'a', validate: 'true %s', secret: true, mode: 0o644 }))).toBe(
      digests[0],
    )
    expect(digestOf(file('/a', { content: 'b' }))).not.toBe(digests[0])
    expect(digestOf(file('/a', { content: 'a', mode: 0o600 }))).not.toBe(digests[0])
  })

  test('the current text is asked for only by a digest, and never of a secret', () => {
    expect(fileKind.bind(file('/a', { content: 'a' })).hint).toBe(sha256('a'))
    expect(fileKind.bind(file('/a', { content: 'a', secret: true })).hint).toBe('')
  })

  test('a source that was not read can be bound, but not planned', () => {
    const bound = fileKind.bind(file('/a', { source: '/x' }))
    expect(bound.hint).toBe('')
    expect(() => bound.diff(old, around)).toThrow('the source of file /a was not read')
  })
})

describe('a file with a secret', () => {
  const resource = file('/a', { content: secretText`key=${secret('key', { generate: 20 })}` })
  const known = fileKind.bind(withSecrets(resource, () => sha256('key=x')))
  const right: Found = { ...root, mode: '0600', sha: sha256('key=x') }

  test('is as wanted by its digest, and sends a reference for its value', () => {
    expect(known.diff(right, around)).toBeUndefined()
    const change = known.diff({ ...right, sha: sha256('key=y'), text: 'key=y' }, around)
    expect(change).toEqual({ action: 'update', why: ['content'] })
    expect(change && known.apply(change, right).payloads).toBeUndefined()
    expect(known.apply({ action: 'create', why: [] }, undefined).payloads).toEqual({
      content: { secret: { parts: ['key=', { secret: 'key', generate: 20 }], digest: sha256('key=x') } },
    })
  })

  test('is never asked for its text, and never in an image', () => {
    expect(known.hint).toBe('')
    expect(known.imageNeeds).toBeUndefined()
  })

  test('differs while its secret is not made', () => {
    const unknown = fileKind.bind(resource)
    expect(unknown.diff(undefined, around)).toEqual({ action: 'create', why: [] })
    expect(unknown.diff(right, around)).toEqual({ action: 'update', why: ['content'] })
    expect(unknown.digest).not.toBe(known.digest)
  })
})

describe('what no file can be', () => {
  test.each<[string, string, object, RegExp]>([
    ['two bodies', '/a', { content: 'a', source: '/x' }, /exactly one of content, source and template/],
    ['no body', '/a', {}, /exactly one of content, source and template/],
    ['a relative path', 'a', { content: '' }, /absolute path/],
    ['the root directory', '/', { content: '' }, /must not be the root directory/],
    ['a path that climbs', '/a/../b', { content: '' }, /absolute path/],
    ['a path of two lines', '/a\nb', { content: '' }, /line break/],
    ['a path of broken Unicode', '/\ud800', { content: '' }, /Unicode/],
    ['a name of 256 bytes', `/${'\u00e9'.repeat(128)}`, { content: '' }, /255 bytes/],
    ['a validator that looks at nothing', '/a', { content: '', validate: 'nginx -t' }, /as %s/],
    ['a validator of two lines', '/a', { content: '', validate: 'a %s\nb' }, /line break/],
    ['a validator of a path with quotes', "/it's", { content: '', validate: 'a %s' }, /needs no quotes/],
    ['an owner that is no name', '/a', { content: '', owner: '-R' }, /account name/],
    ['a mode above 07777', '/a', { content: '', mode: 0o10000 }, /mode/],
    ['an unknown setting', '/a', { content: '', modes: 1 }, /modes/],
  ])('%s', (_what, path, options, message) => {
    expect(() => Reflect.apply(file, undefined, [path, options])).toThrow(message)
  })
})
