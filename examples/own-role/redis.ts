/** An in-memory cache for the apps of one environment. */
import { defineRole, file, line, pkg, probe, tcp, unit, z } from 'copse'

export const redis = defineRole({
  name: 'redis',
  options: z.strictObject({ maxMemory: z.string().default('64mb') }),
  endpoints: () => ({ redis: tcp(6379) }),
  resources: ({ options, host }) => [
    pkg('redis-server'),
    file('/etc/redis/copse.conf', {
      content: `bind 127.0.0.1 ${host.address}\nprotected-mode no\nmaxmemory ${options.maxMemory}\n`,
    }),
    line('/etc/redis/redis.conf', 'include /etc/redis/copse.conf'),
    unit('redis-server', { restartOn: ['/etc/redis/copse.conf'] }),
  ],
  probes: ({ host }) => [probe.command(host, 'redis-cli ping', { prints: 'PONG' })],
})
