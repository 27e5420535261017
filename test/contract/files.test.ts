/** Several files as one step: each as by itself, and a step that fails half-way has kept what stood there. */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { file } from '../../src/resources/file.ts'
import { isRoot, LocalHost, StepFailed } from './local.ts'

describe.skipIf(!isRoot)('files that are made together', () => {
  test('have their own content, owner and mode, and nothing else differs afterwards', () => {
    using host = new LocalHost()
    const files = [
      file(join(host.root, 'a'), { content: 'a\n', mode: 0o600 }),
      file(join(host.root, 'sub/b'), { content: 'b\n', owner: 'nobody', validate: 'grep -q b %s' }),
    ]
    host.applyTogether(files)
    expect(host.diffAll(files)).toEqual([undefined, undefined])
    expect(readFileSync(join(host.root, 'sub/b'), 'utf8')).toBe('b\n')
    expect(statSync(join(host.root, 'a')).mode & 0o777).toBe(0o600)
  })

  test('give back what stood there before copse, of those that copse owned already too', () => {
    using host = new LocalHost()
    const [first, second] = ['first', 'second'].map((name) => join(host.root, name))
    if (!first || !second) return expect.fail()
    writeFileSync(first, 'first before copse')
    writeFileSync(second, 'second before copse')
    host.apply(file(first, { content: 'once' }))
    const files = [file(first, { content: 'new' }), file(second, { content: 'new' })]
    host.applyTogether(files)
    host.removeAll(files)
    expect([first, second].map((path) => readFileSync(path, 'utf8'))).toEqual([
      'first before copse',
      'second before copse',
    ])
  })

  test('leave those after a refused one as they are, and no temporary behind', () => {
    using host = new LocalHost()
    const [good, bad, late] = ['good', 'bad', 'late'].map((name) => join(host.root, name))
    if (!good || !bad || !late) return expect.fail()
    const files = [
      file(good, { content: 'x' }),
      file(bad, { content: 'x', validate: 'false %s' }),
      file(late, { content: 'x' }),
    ]
    expect(() => host.applyTogether(files)).toThrow(StepFailed)
    expect([good, bad, late].map((path) => existsSync(path))).toEqual([true, false, false])
  })
})
