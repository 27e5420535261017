import { expect, test } from 'vitest'
import { removedBy } from './packages.ts'

test('what apt-get would remove is read from its simulation', () => {
  const simulated = `Reading package lists...
The following packages will be REMOVED:
  incus-base* own-tool
Remv own-tool [1.0] [incus-base:amd64 ]
Purg incus-base [6.0.4-2]
Purg libcowsql0:amd64 [1.15.8-1]
`
  expect(removedBy(simulated)).toEqual(['own-tool', 'incus-base', 'libcowsql0'])
})
