import { expect, test } from 'vitest'
import { officeHost } from '../../test/fixture/office.ts'
import { type JournalQuery, journalctlWords } from './journal-query.ts'

const plain: JournalQuery = { follow: false, unit: [], json: false }
const web1 = officeHost('web1')

test('everything is read from the directory, and not without end', () => {
  const words = journalctlWords(plain, 'all')
  expect(words).toContain('--directory=/srv/journals')
  expect(words).toContain('--lines=100')
})

test('a host is read from its own files, and another whose name begins alike is not', () => {
  const words = journalctlWords({ ...plain, since: '-1h' }, [web1])
  expect(words.filter((word) => word.startsWith('--file='))).toEqual(['--file=/srv/journals/web1[.@]*'])
  expect(words).toContain('--since=-1h')
  expect(words.join(' ')).not.toMatch(/--lines|--directory/)
})

test('following picks hosts by name, so that a new file is followed too', () => {
  const words = journalctlWords({ ...plain, follow: true, unit: ['nginx', 'ssh'] }, [web1])
  expect(words).toEqual(
    expect.arrayContaining(['--follow', '--unit=nginx', '--unit=ssh', '_HOSTNAME=devweb1', '--lines=100']),
  )
})
