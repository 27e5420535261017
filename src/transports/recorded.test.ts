import { expect, test } from 'vitest'
import { digestOfMain, recordedTransport } from './recorded.ts'

const archive = { main: { text: 'look' }, boundary: { text: '@@1f' } }
const { signal } = new AbortController()
const answer = (stdout: string, code = 0) => ({ host: 'web1', main: digestOfMain(archive), stdout, code })

test('answers come in order, and the last one from then on', async () => {
  const web1 = recordedTransport([answer('one\n'), answer('two\n', 3)], 'web1')
  expect(await web1.run(archive, signal)).toEqual({ code: 0, stdout: 'one\n', stderr: '' })
  expect(await web1.run(archive, signal)).toEqual({ code: 3, stdout: 'two\n', stderr: '' })
  expect(await web1.run(archive, signal)).toEqual({ code: 3, stdout: 'two\n', stderr: '' })
})

test('the boundary of a recording becomes that of the archive', async () => {
  const web1 = recordedTransport([answer('@@boundary end\n')], 'web1')
  const lines: string[] = []
  for await (const line of web1.stream(archive, signal)) lines.push(line)
  expect(lines).toEqual(['@@1f end'])
})

test('a script that was not recorded is an error', async () => {
  const web1 = recordedTransport([answer('')], 'web1')
  await expect(web1.run({ main: { text: 'other' } }, signal)).rejects.toThrow('record again')
})

test('a host that was not recorded does not answer', async () => {
  const web2 = recordedTransport([answer('')], 'web2')
  await expect(web2.run(archive, signal)).rejects.toMatchObject({ reason: 'no-answer' })
})
