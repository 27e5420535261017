import { describe, expect, test } from 'vitest'
import { sha256 } from '../lib/digest.ts'
import type { Resource } from '../model/resource.ts'
import { archive } from './archive.ts'
import { file } from './file.ts'
import { ResourceProblem } from './kind.ts'
import { link } from './link.ts'
import { withSources } from './sources.ts'

const from = (files: Record<string, string | Uint8Array>) => (path: string) => {
  const content = files[path]
  if (content === undefined) throw new Error(`no such file: ${path}`)
  return typeof content === 'string' ? Buffer.from(content) : content
}

function problemOf(make: () => unknown): ResourceProblem | undefined {
  try {
    make()
  } catch (error) {
    return error instanceof ResourceProblem ? error : undefined
  }
  return undefined
}

function specOf(resource: Resource): object {
  return Object(resource.spec)
}

describe('files of the controller', () => {
  test('a text becomes the content, byte for byte', () => {
    const text = '\ufeffa\r\n\n'
    const done = withSources(file('/a', { source: '/x' }), from({ '/x': text }))
    expect(done.spec).toEqual(file('/a', { content: text }).spec)
  })

  test.each([
    ['that are no UTF-8', Uint8Array.of(0xc3, 0x28)],
    ['with a NUL', Buffer.from('a\0')],
    ['of more than 64 KiB', Buffer.alloc(65_537, 'a')],
  ])('bytes %s stay where they are and get their digest', (_what, bytes) => {
    const done = withSources(file('/a', { source: '/x' }), from({ '/x': bytes }))
    expect(specOf(done)).toMatchObject({ source: { file: '/x', digest: sha256(bytes) } })
    expect(specOf(done)).not.toHaveProperty('content')
  })

  test('an archive gets its digest, though it be text', () => {
    const done = withSources(archive('/a', { source: '/x' }), from({ '/x': 'text' }))
    expect(specOf(done)).toMatchObject({ source: { file: '/x', digest: sha256('text') } })
  })

  test('a template becomes content', () => {
    const asked = file('/a', { template: '/x', values: { port: 80 }, mode: 0o600 })
    const done = withSources(asked, from({ '/x': 'port {{port}}\n' }))
    expect(done.spec).toEqual(file('/a', { content: 'port 80\n', mode: 0o600 }).spec)
  })

  test('what fits neither template nor values is said at the line that asked', () => {
    const asked = file('/a', { template: '/x', values: { prot: 80 } })
    const problem = problemOf(() => withSources(asked, from({ '/x': 'port {{port}}' })))
    expect(problem?.message).toBe(
      'file /a: /x:1: {{port}} has no value; there are prot; /x does not use {{prot}}',
    )
    expect(problem?.place).toEqual(asked.place)
  })

  test('a file that cannot be read is said at the line that asked', () => {
    const asked = file('/a', { source: '/x' })
    const problem = problemOf(() => withSources(asked, from({})))
    expect(problem?.message).toBe('file /a: cannot read /x: no such file: /x')
    expect(problem?.place).toEqual(asked.place)
  })

  test('things that name no file are left as they are, and nothing is read for them', () => {
    const things = [link('/a', '/b'), file('/c', { content: '{{x}}' })]
    expect(things.map((thing) => withSources(thing, from({})))).toEqual(things)
  })
})
