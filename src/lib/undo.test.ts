import { expect, test } from 'vitest'
import { CopseError } from './errors.ts'
import { withUndo } from './undo.ts'

test('work that succeeds is not undone', async () => {
  const undone: string[] = []
  const result = await withUndo(async (remember) => {
    remember(async () => undone.push('a'))
    return 7
  })
  expect(result).toBe(7)
  expect(undone).toEqual([])
})

test('the steps before a failure are undone, the newest first', async () => {
  const undone: string[] = []
  const trouble = new CopseError('failed', 'no room')
  const work = withUndo(async (remember) => {
    remember(async () => undone.push('a'))
    remember(async () => undone.push('b'))
    throw trouble
  })
  await expect(work).rejects.toBe(trouble)
  expect(undone).toEqual(['b', 'a'])
})

test('what cannot be undone is named beside the failure, and the rest is undone all the same', async () => {
  const undone: string[] = []
  const work = withUndo(async (remember) => {
    remember(async () => undone.push('a'))
    remember(async () => {
      throw new Error('web1 is busy')
    })
    throw new CopseError('refused', 'no room', { hint: 'make room' })
  })
  await expect(work).rejects.toMatchObject({
    code: 'refused',
    message: 'no room; and not all of it could be undone: web1 is busy',
    hint: 'make room',
  })
  expect(undone).toEqual(['a'])
})
