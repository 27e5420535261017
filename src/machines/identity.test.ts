import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { forgetIdentity, rememberedIdentity, rememberIdentity } from './identity.ts'

test('a machine is remembered by its host until it is forgotten', async () => {
  const stateDir = await mkdtemp(join(tmpdir(), 'identity-'))
  try {
    expect(await rememberedIdentity(stateDir, 'web1')).toBeUndefined()
    await rememberIdentity(stateDir, 'web1', 'one')
    await rememberIdentity(stateDir, 'web1', 'two')
    expect(await rememberedIdentity(stateDir, 'web1')).toBe('two')
    expect(await rememberedIdentity(stateDir, 'web2')).toBeUndefined()
    await forgetIdentity(stateDir, 'web1')
    expect(await rememberedIdentity(stateDir, 'web1')).toBeUndefined()
  } finally {
    await rm(stateDir, { recursive: true })
  }
})
