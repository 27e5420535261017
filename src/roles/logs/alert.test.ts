/** The program that tells of red probes: once each, whoever could not be told later, and hosts that fell silent. */
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createTcpServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { execa } from 'execa'
import { afterEach, beforeEach, expect, test } from 'vitest'

let directory: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'copse-alert-'))
  for (const name of ['settings', 'bin', 'said']) mkdirSync(join(directory, name))
  const program = readFileSync(new URL('./alert.pl', import.meta.url), 'utf8')
  writeFileSync(join(directory, 'alert'), program.replaceAll('/etc/copse/alert', join(directory, 'settings')))
  // Says what the host of the journal said last; the host itself has no journal of its own here.
  script(
    'bin/journalctl',
    `for word; do case $word in --file=*) host=\${word##*/}; cat "${directory}/said/\${host%%\\[*}"; esac; done`,
  )
  script('settings/command', `cat >>${directory}/objects\necho "$COPSE_TEXT" >>${directory}/told`)
})

afterEach(() => rmSync(directory, { recursive: true }))

function script(name: string, text: string): void {
  writeFileSync(join(directory, name), `#!/bin/sh\n${text}\n`)
  chmodSync(join(directory, name), 0o755)
}

const nginx = (times: number) => `${times}\t1795888900\tunit nginx\tweb1\tweb1\tfailed "so"`
const now = () => Math.floor(Date.now() / 1000)

/** What a host said, so many seconds ago. */
function says(host: string, red: readonly string[], age = 10): void {
  const fields = [`__REALTIME_TIMESTAMP=${now() - age}000000`, ...red.map((one) => `COPSE_IS_RED=${one}`)]
  writeFileSync(join(directory, 'said', host), `${fields.join('\n')}\n\n`)
}

/** It has looked for so long. */
function hasLooked(seconds: number): void {
  const [first = '', ...told] = readFileSync(join(directory, 'state'), 'utf8').split('\n')
  writeFileSync(
    join(directory, 'state'),
    [`${now() - seconds} ${now() - 30} ${first.split(' ').slice(2).join(' ')}`, ...told].join('\n'),
  )
}

async function look(...hosts: readonly string[]): Promise<void> {
  const words = ['alert', '/srv/journals', 'office', 'dev', 'log', ...(hosts.length > 0 ? hosts : ['web1'])]
  const env = { PATH: `${directory}/bin:${process.env.PATH}` }
  await execa('perl', words, { cwd: directory, env, reject: false })
}

function told(): readonly string[] {
  try {
    return readFileSync(join(directory, 'told'), 'utf8').trimEnd().split('\n')
  } catch {
    return []
  }
}

const red = 'dev: unit nginx of web1 is red: failed "so"'
const green = 'dev: unit nginx of web1 is green again'

test('what is red for the second time is told once, and once that it is green again', async () => {
  const steps = [[], [nginx(1)], [nginx(2)], [nginx(3)], [nginx(9)], [], []]
  const seen: number[] = []
  for (const step of steps) {
    says('web1', step)
    await look()
    seen.push(told().length)
  }
  expect(seen).toEqual([0, 0, 1, 1, 1, 2, 2])
  expect(told()).toEqual([red, green])
  const [first] = readFileSync(join(directory, 'objects'), 'utf8').split('\n')
  expect(JSON.parse(first ?? '')).toEqual({
    version: 1,
    ecosystem: 'office',
    environment: 'dev',
    state: 'red',
    text: red,
    host: 'web1',
    probe: 'unit nginx',
    from: 'web1',
    to: 'web1',
    since: '2026-11-28T18:01:40Z',
    detail: 'failed "so"',
  })
})

test('who could not be told is told later, and nobody twice', async () => {
  script('settings/command', 'exit 1')
  says('web1', [nginx(2)])
  await look()
  script('settings/command', `echo "$COPSE_TEXT" >>${directory}/told`)
  await look()
  await look()
  expect(told()).toEqual([red])
})

test('a host that falls silent is told of once, its probes stay as they were, and once that it reports again', async () => {
  says('web1', [nginx(2)])
  await look()
  says('web1', [nginx(2)], 200)
  await look()
  expect(told()).toEqual([red])
  hasLooked(190)
  await look()
  await look()
  says('web1', [nginx(1)])
  await look()
  expect(told()).toEqual([red, 'dev: web1 has stopped to report', 'dev: web1 reports again'])
})

test('a host that was not watched until now is given time to report', async () => {
  says('web1', [])
  says('web2', [], 4000)
  await look('web1')
  hasLooked(1000)
  await look('web1', 'web2')
  expect(told()).toEqual([])
  hasLooked(190)
  await look('web1', 'web2')
  expect(told()).toEqual(['dev: web2 has stopped to report'])
})

test('who never reported, and what is no longer in the definition, is left alone', async () => {
  says('web1', [nginx(2)])
  writeFileSync(join(directory, 'said', 'web2'), '')
  await look('web1', 'web2')
  hasLooked(190)
  await look('web2')
  await look('web1', 'web2')
  expect(told()).toEqual([red, red])
})

test('text that is not plain comes with its length', async () => {
  const value = Buffer.from(nginx(2).replace('failed', 'f\u001b'))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(value.length))
  const time = Buffer.from(`__REALTIME_TIMESTAMP=${now()}000000\nCOPSE_IS_RED\n`)
  writeFileSync(join(directory, 'said', 'web1'), Buffer.concat([time, length, value, Buffer.from('\n\n')]))
  await look()
  expect(readFileSync(join(directory, 'objects'), 'utf8')).toContain(String.raw`"detail":"f\u001b \"so\""`)
})

async function portOf(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return address && typeof address === 'object' ? address.port : 0
}

/** A mail server that takes no letter which `isTaken` refuses; of each it is given the envelope and the text. */
function createMailServer(isTaken: (letter: string) => boolean): Server {
  return createTcpServer((socket) => {
    let [envelope, letter, isLetter] = ['', '', false]
    socket.setEncoding('utf8').on('error', () => undefined)
    socket.write('220 here\r\n')
    createInterface(socket).on('line', (line) => {
      if (isLetter && line !== '.') {
        letter += `${line}\r\n`
        return
      }
      if (isLetter) isLetter = false
      const [word = '', rest = ''] = line.split(/ (.*)/s)
      if (line === '.') socket.write(isTaken(envelope + letter) ? '250 taken\r\n' : '451 later\r\n')
      else if (word === 'DATA') {
        isLetter = true
        socket.write('354 go on\r\n')
      } else if (word === 'QUIT') socket.end('221 bye\r\n')
      else {
        if (word === 'MAIL' || word === 'RCPT') envelope += `${rest}\n`
        socket.write('250 well\r\n')
      }
    })
  })
}

test('a webhook is posted the object, and is told by itself', async () => {
  const bodies: unknown[] = []
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part) => parts.push(part))
    request.on('end', () => {
      bodies.push(JSON.parse(Buffer.concat(parts).toString()))
      response.statusCode = bodies.length === 1 ? 500 : 204
      response.end()
    })
  })
  const port = await portOf(server)
  writeFileSync(join(directory, 'settings', 'webhook'), `url = "http://127.0.0.1:${port}/x"\n`)
  says('web1', [nginx(2)])
  for (let times = 0; times < 3; times++) await look()
  server.close()
  expect(bodies).toHaveLength(2)
  expect(bodies[1]).toMatchObject({ text: red, state: 'red' })
  expect(told()).toEqual([red])
})

test('mail is a letter to everybody, and sent again where the server would not take it', async () => {
  const letters: string[] = []
  const server = createMailServer((letter) => letters.push(letter) > 1)
  const port = await portOf(server)
  writeFileSync(
    join(directory, 'settings', 'mail'),
    `url = "smtp://127.0.0.1:${port}"\nmail-from = "copse@a.example"\nmail-rcpt = "b@a.example"\nmail-rcpt = "c@a.example"\nssl\n`,
  )
  says('web1', [nginx(2).replace('so', 'sö\u001b.')])
  for (let times = 0; times < 3; times++) await look()
  server.close()
  expect(letters).toHaveLength(2)
  const [head = '', body = ''] = letters[1]?.split('\r\n\r\n') ?? []
  expect(head).toMatch(
    /^FROM:<copse@a.example>.*\nTO:<b@a.example>\nTO:<c@a.example>\nFrom: copse@a.example\r\nTo: b@a.example, c@a.example\r\nSubject: \[office\] dev: unit nginx of web1 is red: failed "s\?+\."\r\nDate: \w{3}, \d+ \w{3} \d{4} [\d:]+ \+0000\r\nMessage-ID: <[\d.]+@log>/s,
  )
  expect(body).toContain('state: red\r\nsince: 2026-11-28T18:01:40Z\r\nhost: web1\r\nprobe: unit nginx\r\n')
})
