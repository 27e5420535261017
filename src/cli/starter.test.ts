import { expect, test } from 'vitest'
import { starterName } from './starter.ts'

test.each([
  ['/home/ops/demo', 'demo'],
  ['/srv/My Lab_2', 'my-lab-2'],
  ['/srv/Büro', 'buro'],
  ['/srv/.hidden', 'hidden'],
  ['/srv/2027', 'my-2027'],
  ['/srv/box', 'my-box'],
  ['/srv/東京', 'starter'],
  ['/', 'starter'],
  [`/srv/${'a'.repeat(49)}.z`, 'a'.repeat(49)],
])('the directory %s holds an ecosystem named %s', (directory, name) => {
  expect(starterName(directory)).toBe(name)
})
