import { expect, test } from 'vitest'
import type { Session } from '../session.ts'
import { newLines, readNothing } from './log.ts'

/** A session whose CI server answers by path. */
function sessionOf(answers: ReadonlyMap<string, unknown>): Session {
  const run = async (archive: { readonly main?: { readonly text?: string } }) => {
    const paths = (archive.main?.text ?? '').match(/api\/v2\/[^' ]+/g) ?? []
    const stdout = paths
      .map((path) => `${JSON.stringify(answers.get(path.replace(/;$/, '')))}\u001e`)
      .join('')
    return { code: 0, stdout, stderr: '' }
  }
  const host = { name: 'ci', fqdn: 'ci', roles: ['ci'], endpoints: [{ role: 'ci', name: 'page', port: 80 }] }
  const environment = { name: 'dev', hosts: [host] }
  const session: unknown = {
    desired: { environment },
    context: { signal: new AbortController().signal },
    transport: async () => ({ run }),
  }
  return session as Session
}

const step = (stepid: number, name: string, started_at: number | null = 1) => ({
  ...{ stepid, name, hidden: false, started_at },
})
const log = (logid: number, num_lines: number, name = 'stdio') => ({ logid, name, num_lines, type: 's' })

test('what the steps printed is told under their names, each line once, without what Buildbot says', async () => {
  const answers = new Map<string, unknown>([
    [
      'api/v2/builds/7/steps',
      { steps: [step(1, 'worker_preparation'), step(2, 'checkout'), step(3, 'publish', null)] },
    ],
    ['api/v2/steps/2/logs', { logs: [log(20, 2), log(21, 9, 'property changes')] }],
    ['api/v2/logs/20/contents?offset=0', { logchunks: [{ content: 'h/bin/sh\nocommit a\n' }] }],
  ])
  const session = sessionOf(answers)
  const read = readNothing()
  expect(await newLines(session, 7, read)).toEqual(['$ checkout', 'commit a'])
  expect(await newLines(session, 7, read)).toEqual([])
  answers.set('api/v2/steps/2/logs', { logs: [log(20, 3)] })
  answers.set('api/v2/logs/20/contents?offset=2', { logchunks: [{ content: 'ewarning\n' }] })
  answers.set('api/v2/builds/7/steps', { steps: [step(2, 'checkout'), step(3, 'publish')] })
  answers.set('api/v2/steps/3/logs', { logs: [] })
  expect(await newLines(session, 7, read)).toEqual(['warning', '$ publish'])
})
