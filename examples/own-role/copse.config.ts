/** A role of one's own: `redis.ts` lies beside this file, and copse's source knows nothing of it. */
import { defineEcosystem, incus } from 'copse'
import { redis } from './redis.ts'

export default defineEcosystem({
  name: 'own-role',
  environments: {
    dev: {
      machines: incus({ box: 'local' }),
      subnet: '10.62.0.0/24',
      domain: 'own-role.internal',
      prefix: 'dev',
    },
  },
  hosts: {
    cache: { at: 20, roles: [redis({ maxMemory: '128mb' })] },
  },
})
