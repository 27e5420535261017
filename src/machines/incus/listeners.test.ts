import { expect, test } from 'vitest'
import { parseListeners } from './listeners.ts'

const head =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n'
const line = (local: string, state: string) =>
  `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000\n`

test('what listens is read, with its address; connections are not', () => {
  const text = head + line('0100007F:1F90', '0A') + line('00000000:0050', '0A') + line('020002C0:C350', '01')
  expect(parseListeners(text, 'tcp')).toEqual([
    { protocol: 'tcp', port: 8080, address: '127.0.0.1' },
    { protocol: 'tcp', port: 80, address: '*' },
  ])
})

test('of IPv6 what is bound to every address answers to IPv4 too', () => {
  const every = '00000000000000000000000000000000'
  const one = '000080FE00000000FF0EFC0001000001'
  expect(parseListeners(head + line(`${every}:01BB`, '0A') + line(`${one}:0050`, '0A'), 'tcp')).toEqual([
    { protocol: 'tcp', port: 443, address: '*' },
  ])
})

test('a UDP socket that is connected to nobody listens', () => {
  expect(parseListeners(head + line('01003D0A:0035', '07') + line('01003D0A:D431', '01'), 'udp')).toEqual([
    { protocol: 'udp', port: 53, address: '10.61.0.1' },
  ])
})
