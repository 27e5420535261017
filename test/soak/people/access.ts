/** People come and go by the config alone, and go in as themselves. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { expect, test } from 'vitest'
import { type Cast, type PersonName, well } from './cast.ts'

const hosts = ['one', 'two'] as const

export function access(cast: () => Cast): void {
  const asOps = (person: PersonName) => ({ user: 'ops', identityFile: cast().keyOf(person) })

  test('people get in by their own keys as one account that may do everything; who has no way into dev does not', async () => {
    for (const host of hosts) {
      for (const person of ['ana', 'ben'] as const)
        expect(await cast().login(host, asOps(person), 'id -un; sudo -n id -un')).toMatchObject({
          code: 0,
          stdout: 'ops\nroot',
        })
      expect((await cast().login(host, asOps('cleo'), 'true')).code).toBe(255)
      const keys = await well(
        cast().first.copse('exec', 'dev', '-l', host, '--', 'cat /home/ops/.ssh/authorized_keys'),
      )
      expect(keys.stdout).not.toContain('cleo')
    }
  })

  test('copse ssh goes in with their own key where copse never ran, and the log says whose it was', async () => {
    const said = await well(cast().ana.copse('ssh', 'dev', 'one', '--', 'id -un; sudo -n id -un'))
    expect(said.stdout).toBe('ops\nroot')
    const listed = await execa('ssh-keygen', ['-lf', `${cast().keyOf('ana')}.pub`])
    const print = listed.stdout.split(' ')[1] ?? ''
    const log = await well(
      cast().first.copse('exec', 'dev', '-l', 'one', '--', 'journalctl -b -u ssh --no-pager -o cat'),
    )
    expect(log.stdout).toMatch(
      new RegExp(`Accepted publickey for ops .*${print.replaceAll(/[+/]/g, '\\$&')}`),
    )
  })

  test('ssh-config says the same; a key that only the agent has will do', async () => {
    const stanza = await well(cast().ana.copse('ssh-config', 'dev'))
    expect(stanza.stdout.match(/User ops/g)).toHaveLength(2)
    expect(stanza.stdout).toContain(`IdentityFile ${cast().keyOf('ana')}`)
    await using agent = await agentWith(cast().keyOf('ben'))
    const { config, env } = cast().first
    const launcher = new URL('../../../copse', import.meta.url).pathname
    const words = ['-C', config.replace(/\/[^/]*$/, ''), 'ssh', 'dev', 'two', '--', 'id -un']
    const ended = await execa(launcher, words, { env: { ...env, SSH_AUTH_SOCK: agent.socket } })
    expect(ended.stdout).toBe('ops')
  })

  test('who is nobody of people goes in as copse does, and cannot where copse never ran', async () => {
    const said = await well(cast().first.copse('ssh', 'dev', 'one', '--', 'id -un'))
    expect(said.stdout).toBe('root')
    const stranger = await cast().second.copse('ssh', 'dev', 'one', '--', 'true')
    expect(stranger).toMatchObject({ code: 5, stderr: expect.stringContaining('copse adopt dev') })
  })

  test('who is taken out is shut out by up, which the plan says; others stay in', async () => {
    const open = await openLogin(cast(), 'ben')
    await cast().edit("name: 'ben'", "name: 'dan'")
    const key = await taken(cast(), 'dan')
    const planned = await well(cast().first.copse('plan', 'dev'))
    expect(planned.stdout).toMatch(/~ authorized-keys ops +a key that nobody asked for: ben@laptop/)
    expect((await cast().login('one', asOps('ben'), 'true')).code).toBe(0)
    await well(cast().first.copse('up', 'dev'))
    for (const host of hosts) {
      expect((await cast().login(host, asOps('ben'), 'true')).code).toBe(255)
      expect((await cast().login(host, asOps('ana'), 'true')).code).toBe(0)
    }
    // As the help of ssh says: a login that is open stays, until it is ended.
    expect(open.exitCode).toBeNull()
    await well(cast().first.copse('exec', 'dev', '--', 'pkill -KILL -u ops || test $? -eq 1'))
    await ended(open)
    await cast().edit(key.to, key.from)
    await well(cast().first.copse('up', 'dev'))
    expect((await cast().login('one', asOps('ben'), 'true')).code).toBe(0)
  })

  test('with the last of them goes the account, with its logins and its rights; what others put there stays', async () => {
    const foreign = `useradd -m guest; echo 'guest ALL=(ALL) ALL' >/etc/sudoers.d/guest; echo keep >/home/ops/notes`
    await well(cast().first.copse('exec', 'dev', '-l', 'one', '--', foreign))
    const open = await openLogin(cast(), 'ana')
    await cast().edit("environments: ['dev']", "environments: ['other']")
    const planned = await well(cast().first.copse('plan', 'dev'))
    for (const what of ['user ops', 'authorized-keys ops', 'file /etc/sudoers.d/copse'])
      expect(planned.stdout).toContain(`- ${what}`)
    await well(cast().first.copse('up', 'dev'))
    await ended(open)
    const left = await well(
      cast().first.copse(
        ...['exec', 'dev', '-l', 'one', '--'],
        'getent passwd ops || echo none; ls /etc/sudoers.d; id -un guest; cat /home/ops/notes; test ! -e /home/ops/.ssh',
      ),
    )
    // No account, no sudoers of copse's; the file of Debian, that of guest, guest, and what lies at home.
    expect(left.stdout).toBe('none\nREADME\nguest\nguest\nkeep')
    expect((await cast().login('one', asOps('ana'), 'true')).code).toBe(255)
    await well(cast().first.copse('plan', 'dev', '--detailed-exitcode'))
    await cast().edit(
      "environments: ['other'] },\n    { name: 'ben'",
      "environments: ['dev'] },\n    { name: 'ben'",
    )
    await well(cast().first.copse('up', 'dev'))
    expect((await cast().login('one', asOps('ana'), 'cat notes')).stdout).toBe('keep')
  })
}

/** Takes a person's entry out of every config, and says how it comes back. */
async function taken(cast: Cast, name: string): Promise<{ readonly from: string; readonly to: string }> {
  const { readFile } = await import('node:fs/promises')
  const text = await readFile(cast.first.config, 'utf8')
  const line = text.split('\n').find((one) => one.includes(`name: '${name}'`)) ?? expect.fail(`no ${name}`)
  const back = { from: line.replace(`name: '${name}'`, "name: 'ben'"), to: '    // nobody' }
  await cast.edit(line, back.to)
  return back
}

/** A login that stays open until something ends it. */
async function openLogin(cast: Cast, person: PersonName): Promise<ChildProcess> {
  const stanza = await well(cast.ana.copse('ssh-config', 'dev', '-l', 'one'))
  const options = stanza.stdout
    .split('\n')
    .flatMap((line) => /^ {2}(\S+) (.*)$/.exec(line)?.slice(1, 3).join('=') ?? [])
    .filter((option) => !/^(User|IdentityFile|HostName)=/.test(option))
  const who = ['-F', 'none', '-i', cast.keyOf(person), '-l', 'ops', ...options.flatMap((one) => ['-o', one])]
  const child = spawn('ssh', [...who, cast.first.address('one'), 'echo in; exec sleep 900'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(() => Promise.reject(new Error(`${person} did not get in`))),
  ])
  return child
}

async function ended(child: ChildProcess): Promise<void> {
  const deadline = performance.now() + 20_000
  while (child.exitCode === null && child.signalCode === null && performance.now() < deadline)
    await sleep(100)
  const { exitCode } = child
  child.kill()
  expect(exitCode, 'a login that should have ended is open').not.toBeNull()
}

/** An ssh-agent of the test's own, with one key. */
async function agentWith(key: string): Promise<AsyncDisposable & { readonly socket: string }> {
  const started = await execa('ssh-agent', ['-s'])
  const [socket = '', pid = ''] = ['SSH_AUTH_SOCK', 'SSH_AGENT_PID'].map(
    (name) => new RegExp(`${name}=([^;]+)`).exec(started.stdout)?.[1],
  )
  await execa('ssh-add', ['-q', key], { env: { SSH_AUTH_SOCK: socket } })
  return {
    socket,
    async [Symbol.asyncDispose]() {
      process.kill(Number(pid))
    },
  }
}
