/** The roles that come with copse; a new one is one file (or folder) and one line here. */

export { backups } from './backups.ts'
export { balancer } from './balancer.ts'
export { base } from './base.ts'
export { ci } from './ci.ts'
export { dns } from './dns.ts'
export { logs } from './logs.ts'
export { metrics } from './metrics.ts'
export { postgres } from './postgres.ts'
export { postgresClient } from './postgres-client.ts'
export { web } from './web.ts'
