import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

const program = new URL('accept.sh', import.meta.url).pathname
const isRoot = process.getuid?.() === 0 && /^www-data:/m.test(readFileSync('/etc/group', 'utf8'))
let root: string

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'accept-'))
  mkdirSync(join(root, 'in/db'), { recursive: true })
  mkdirSync(join(root, 'db'))
})

afterEach(() => rmSync(root, { recursive: true }))

function bring(name: string, content: string, said = content): void {
  const sha = createHash('sha256').update(said).digest('hex')
  writeFileSync(join(root, 'in/db', `${name}.dump`), content)
  writeFileSync(
    join(root, 'in/db', `${name}.manifest`),
    `time\t1\nbytes\t${said.length}\nsha256\t${sha}\ntable\tbytes\t1\n`,
  )
}

function accept(keep = 7): string {
  const { stdout, stderr, status } = spawnSync('sh', [program, root, String(keep)], { encoding: 'utf8' })
  expect(status, stderr).toBe(0)
  return stdout + stderr
}

const kept = () => readdirSync(join(root, 'db')).sort()

test.runIf(isRoot)('a dump that is as its manifest says is kept', () => {
  bring('repo.1', 'data')
  accept()
  expect(kept()).toEqual(['repo.1.dump', 'repo.1.manifest'])
  expect(readdirSync(join(root, 'in/db'))).toEqual([])
})

test.runIf(isRoot)('of each database the newest stay', () => {
  for (const name of ['repo.1', 'repo.2', 'repo.3', 'repo_b.1']) bring(name, name)
  accept(2)
  expect(kept()).toEqual(
    ['repo.2', 'repo.3', 'repo_b.1'].flatMap((name) => [`${name}.dump`, `${name}.manifest`]),
  )
})

test.runIf(isRoot)('one that lost its end, or is another, is refused with the reason', () => {
  bring('repo.1', 'dat', 'data')
  bring('repo.2', 'dada', 'data')
  expect(accept()).toMatch(
    /repo\.1 was refused: it has 3 bytes, its manifest says 4\n.*repo\.2 was refused: .*sha256/,
  )
  expect(kept()).toEqual(['repo.1.refused', 'repo.2.refused'])
})

test.runIf(isRoot)('what is kept is never written over', () => {
  bring('repo.1', 'data')
  accept()
  bring('repo.1', 'other')
  expect(accept()).toContain('a dump of this name is kept already')
  expect(readFileSync(join(root, 'db/repo.1.dump'), 'utf8')).toBe('data')
})

test.runIf(isRoot)('a manifest that leads out of its directory by its content does nothing', () => {
  bring('repo.1', 'data')
  writeFileSync(join(root, 'in/db/repo.1.manifest'), 'bytes\t$(touch /tmp/copse-x)\nsha256\t../../x\n')
  expect(accept()).toContain('refused')
  expect(existsSync('/tmp/copse-x')).toBe(false)
})
