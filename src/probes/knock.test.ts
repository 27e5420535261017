import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { doorOf, knock } from './knock.ts'

/** What was printed, by door. */
function answersIn(output: string): ReadonlyMap<string, string> {
  return new Map(
    output.split('\n').map((line) => {
      const [door = '', ...answer] = line.split(' ')
      return [door, answer.join(' ')] as const
    }),
  )
}

const servers: Server[] = []
const ports: number[] = []

beforeAll(async () => {
  for (let made = 0; made < 3; made++) {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    if (address === null || typeof address === 'string') throw new TypeError('no port')
    ports.push(address.port)
    servers.push(server)
  }
  servers.pop()?.close()
})

afterAll(() => {
  for (const server of servers) server.close()
})

test('ports that are open and ports that are not are told apart, all in one go', async () => {
  const doors = ports.map((port) => ({ address: '127.0.0.1', port }))
  const { stdout } = await execa('sh', ['-c', knock(doors).shell])
  const answers = answersIn(stdout)
  expect(doors.map((door) => answers.get(doorOf(door)))).toEqual(['open', 'open', 'Connection refused'])
})

test('a port that stays silent is told of after two seconds', async () => {
  // A queue for connections that is full answers nobody.
  const full =
    'use Socket; socket my $s, PF_INET, SOCK_STREAM, 0; bind $s, sockaddr_in(0, inet_aton("127.0.0.1")); listen $s, 0; $| = 1; print((sockaddr_in(getsockname $s))[0]); socket $c{$_}, PF_INET, SOCK_STREAM, 0 or die for 1 .. 3; for (1 .. 3) { fcntl $c{$_}, 4, 2048; connect $c{$_}, getsockname $s } sleep 20'
  const holder = execa('perl', ['-e', full], { cleanup: true, reject: false })
  const [port] = await once(holder.stdout, 'data')
  const door = { address: '127.0.0.1', port: Number(String(port)) }
  const began = performance.now()
  const { stdout } = await execa('sh', ['-c', knock([door]).shell])
  expect(answersIn(stdout).get(doorOf(door))).toBe('silent')
  expect(performance.now() - began).toBeGreaterThan(1900)
  holder.kill()
})
