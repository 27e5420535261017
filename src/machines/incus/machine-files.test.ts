import { expect, test } from 'vitest'
import { connect } from './client.ts'
import { fakeEngine } from './fake-engine.ts'
import { firstFiles, writeFirstFile } from './machine-files.ts'

test('a machine is given a file as what its image names for that path', async () => {
  await using fake = await fakeEngine(() => null)
  await writeFirstFile(connect(fake.engine), 'web1', { path: '/etc/hostname', text: 'devweb1\n' })
  expect(firstFiles['/etc/hostname']).toEqual({ when: ['copy'], template: 'etc-hostname.tpl' })
  expect(fake.asked).toMatchObject([
    { call: 'POST /1.0/instances/web1/metadata/templates?path=etc-hostname.tpl', body: 'devweb1\n' },
  ])
})

test('what an engine would fill in is refused before it is asked', async () => {
  await using fake = await fakeEngine(() => null)
  const written = writeFirstFile(connect(fake.engine), 'web1', { path: '/etc/hosts', text: '{{ name }}' })
  await expect(written).rejects.toThrow('/etc/hosts has what an engine takes for its own')
  expect(fake.asked).toEqual([])
})
