/** The scripts that take a server out of HAProxy and bring it back. */
import { expect, test } from 'vitest'
import { switches } from './haproxy-drain.ts'

test('a drained server comes back by itself if nobody brings it back', () => {
  const { drain, restore } = switches('web.http', 'web1')
  expect(drain).toMatch(/--unit="\$unit" --on-active=600[\s\S]+ask "set server \$server state drain"/)
  expect(restore).toMatch(/systemctl stop "\$unit.timer"[\s\S]+state ready/)
})
