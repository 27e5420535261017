/** Data on a volume outlives its machine, and is named before it goes. */
import { expect, test } from 'vitest'
import type { World } from './world.ts'

const marker = '/srv/files/marker'

export function volumes(world: () => World): void {
  const onWeb2 = (script: string) => world().copse('exec', 'dev', '-l', 'web2', '--', script)
  const stands = async (when: string) => {
    const found = await onWeb2(`cat ${marker}; findmnt -n -o TARGET ${marker.replace('/marker', '')}`)
    expect(found.stdout, when).toBe('data\n/srv/files')
  }
  const well = async (...words: readonly string[]) => {
    const called = await world().copse(...words)
    expect(called.code, called.stderr).toBe(0)
    return called
  }

  test('a volume is given to machines that run, and its data survives their rebuilding and destroying', {
    timeout: 240_000,
  }, async () => {
    await world().edit('{ at: [24, 25], ', "{ at: [24, 25], volumes: { files: '/srv/files' }, ")
    const planned = await well('plan', 'dev')
    expect(planned.stdout).toMatch(/~ machine devweb2 +without the volume files/)
    await well('up', 'dev')
    await well('plan', 'dev', '--detailed-exitcode')
    expect((await onWeb2(`echo data >${marker}`)).code).toBe(0)
    await stands('at once')
    await well('rebuild', 'dev', 'web2')
    await stands('after rebuild')
    const destroyed = await well('destroy', 'dev', 'web2')
    expect(destroyed.stdout).not.toContain('volume')
    await well('up', 'dev')
    await stands('after destroy and up')
  })

  test('without a word for it, a whole environment with data is not destroyed', {
    timeout: 60_000,
  }, async () => {
    const refused = await world().copse('destroy', 'dev')
    expect(refused.code, refused.stderr).toBe(5)
    expect(refused.stdout).toContain('- volume files of devweb2, with its data')
    expect(refused.stderr).toContain('files of web1, files of web2')
    await stands('after a refused destroy')
  })

  test('with one, the data of a host goes with its machine', { timeout: 120_000 }, async () => {
    await well('destroy', 'dev', 'web2', '--data', '--yes')
    await well('up', 'dev')
    expect((await onWeb2(`test -e ${marker}`)).code).toBe(1)
  })
}
