/** The way in moves from one operator to another and back: keys change, and nothing else. */
import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { execa } from 'execa'
import { expect, test } from 'vitest'
import { type Cast, operatorKey, traces, well } from './cast.ts'

const launcher = new URL('../../../copse', import.meta.url).pathname

export function adoption(cast: () => Cast): void {
  let before: string
  const opens = async (identityFile: string) => {
    const said = await cast().login('two', { user: 'root', identityFile }, 'true')
    return said.code === 0
  }

  test('another operator is told whose it is before anything is changed', async () => {
    const { first, second } = cast()
    await well(first.copse('exec', 'dev', '-l', 'two', '--', 'echo data >/srv/files/marker'))
    before = await traces(first)
    for (const command of ['plan', 'up', 'destroy']) {
      const refused = await second.copse(command, 'dev', '--no-input')
      expect(refused.code, refused.stdout + refused.stderr).toBe(5)
      expect(refused.stdout + refused.stderr).toContain('has made dev on this box')
      expect(refused.stdout + refused.stderr).toContain('copse adopt dev')
    }
    const status = await well(second.copse('status', 'dev'))
    expect(status.stdout).toMatch(/one +one .* foreign/)
    expect(status.stdout).toContain('one, two: another operator')
    expect(await traces(first)).toBe(before)
  })

  test('without an answer nothing is taken', async () => {
    const refused = await cast().second.copse('adopt', 'dev')
    expect(refused.code, refused.stderr).toBe(5)
    for (const what of ['machine one, running', 'machine two, running', 'volume files of two'])
      expect(refused.stdout).toContain(what)
    expect(await traces(cast().first)).toBe(before)
  })

  test('adopted it is the same to the last unit, and opens to the new key alone', async () => {
    const { first, second } = cast()
    const former = await operatorKey(first)
    const device = bridgeIndex(cast())
    expect(await opens(former)).toBe(true)
    const adopted = await well(second.copse('adopt', 'dev', '--yes'))
    console.info(`adopt of two machines: ${adopted.ms} ms`)
    expect(await traces(second)).toBe(before)
    expect(bridgeIndex(cast())).toBe(device)
    expect(await opens(former)).toBe(false)
    expect(await opens(await operatorKey(second))).toBe(true)
    await well(second.copse('plan', 'dev', '--detailed-exitcode'))
    expect((await well(second.copse('adopt', 'dev'))).stdout).toContain('Nothing to adopt')
  })

  test('the former operator is told who took it and how it comes back, whatever they try', async () => {
    const { first } = cast()
    for (const words of [['plan'], ['up'], ['rebuild', 'one'], ['destroy', '--purge', '--yes']]) {
      const [command = '', ...rest] = words
      const refused = await first.copse(command, 'dev', ...rest)
      expect(refused.code, `${command}: ${refused.stdout}${refused.stderr}`).toBe(5)
      expect(refused.stdout + refused.stderr).toMatch(/took over dev on \d{4}-\d\d-\d\d/)
      expect(refused.stdout + refused.stderr).toContain('copse adopt dev takes it back')
    }
    const tried = await first.copse('exec', 'dev', '-l', 'one', '--', 'true')
    expect(tried.stdout + tried.stderr).toContain('took over dev')
    const login = await first.copse('ssh', 'dev', 'one', '--', 'true')
    expect(login.code).toBe(255)
    expect(login.stderr).toContain('copse adopt dev takes it back')
    expect(await traces(cast().second)).toBe(before)
  })

  test('the new operator changes, rebuilds and makes machines as the first would', async () => {
    const { second } = cast()
    await well(second.copse('exec', 'dev', '-l', 'one', '--', 'rm /etc/copse/environment.json'))
    await well(second.copse('up', 'dev'))
    await well(second.copse('rebuild', 'dev', 'two', '--yes'))
    const data = await well(second.copse('exec', 'dev', '-l', 'two', '--', 'cat /srv/files/marker'))
    expect(data.stdout).toBe('data\n'.trim())
    await well(second.copse('plan', 'dev', '--detailed-exitcode'))
    before = await traces(second)
  })

  test('killed between two machines it says so to everybody, and run again it is whole', async () => {
    const { first, second } = cast()
    const child = execa(launcher, ['-C', dirname(first.config), 'adopt', 'dev', '--yes'], {
      env: first.env,
      reject: false,
      all: true,
    })
    child.all.on('data', (chunk: Buffer) => {
      if (chunk.toString().includes('takes your key')) child.kill('SIGKILL')
    })
    expect((await child).signal).toBe('SIGKILL')
    for (const world of [first, second]) {
      const refused = await world.copse('plan', 'dev')
      expect(refused.code, refused.stdout + refused.stderr).toBe(5)
      expect(refused.stdout + refused.stderr).toContain('being moved')
    }
    await well(first.copse('adopt', 'dev', '--yes'))
    expect(await traces(first)).toBe(before)
    expect(await opens(await operatorKey(second))).toBe(false)
    await well(first.copse('exec', 'dev', '-l', 'one', '--', 'rm /etc/copse/environment.json'))
    await well(first.copse('up', 'dev'))
    await well(first.copse('plan', 'dev', '--detailed-exitcode'))
  })

  test('an operator who lost their state directory adopts what they made', async () => {
    const { first } = cast()
    await execa('find', [first.env.XDG_STATE_HOME ?? '', '-mindepth', '1', '-delete'])
    const lost = await first.copse('plan', 'dev')
    expect(lost.stdout + lost.stderr).toContain('copse adopt dev')
    await well(first.copse('adopt', 'dev', '--yes'))
    expect(await traces(first)).toContain('data')
    await well(first.copse('up', 'dev'))
  })
}

/** A network that is made anew has another number. */
function bridgeIndex({ first }: Cast): string {
  const routes = readFileSync('/proc/net/route', 'utf8').split('\n')
  const octets = first.address('one').split('.').slice(0, 3).reverse()
  const wanted = `00${octets.map((octet) => Number(octet).toString(16).padStart(2, '0')).join('')}`
  const device = routes.map((line) => line.split('\t')).find(([, to]) => to === wanted.toUpperCase())?.[0]
  return readFileSync(`/sys/class/net/${device}/ifindex`, 'utf8')
}
