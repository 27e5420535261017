/** Builds of the CI server as a table, with the tests that failed. Pure. */
import type { Build, BuildResult } from '../engine/ci/builds.ts'
import type { Paint } from './paint.ts'
import { printableLine } from './printable.ts'
import { renderTable } from './table.ts'

export function renderBuilds(builds: readonly Build[], paint: Paint): string {
  if (builds.length === 0) return 'Nothing has been built yet.\n'
  const rows = builds.map(({ job, number, branch, commit, result, started, seconds, tests }) => [
    printableLine(job),
    String(number),
    printableLine(branch),
    printableLine(commit.slice(0, 12)),
    paint(meaningOf(result), result),
    started.toISOString().slice(0, 16).replace('T', ' '),
    String(seconds),
    tests ? `${tests.passed} passed, ${tests.failed} failed, ${tests.skipped} skipped` : '',
  ])
  const head = ['JOB', 'BUILD', 'BRANCH', 'COMMIT', 'RESULT', 'STARTED (UTC)', 'SECONDS', 'TESTS']
  return renderTable([head, ...rows]) + builds.map((build) => failedIn(build)).join('')
}

function failedIn({ job, number, tests }: Build): string {
  if (!tests || tests.names.length === 0) return ''
  const names = tests.names.map(({ app, name, message }) =>
    [`  ${app}: ${printableLine(name)}`, ...(message === '' ? [] : [`    ${printableLine(message)}`])].join(
      '\n',
    ),
  )
  return `\nFailed in ${printableLine(job)} ${number}:\n${names.join('\n')}\n`
}

export function meaningOf(result: BuildResult): 'good' | 'bad' | 'change' {
  if (result === 'success' || result === 'warnings') return 'good'
  return result === 'running' || result === 'skipped' || result === 'retry' ? 'change' : 'bad'
}
