/** Somebody else with a machine of their own: a checkout of copse, a clone of the config, a key and an identity that only they have. */
import { dirname } from 'node:path'
import { execa } from 'execa'
import { must } from '../../fixture/nested-box.ts'
import { makeWorkstation } from '../../fixture/workstation.ts'
import type { Home } from './home.ts'

/** How a call of the command line ended; both streams together. */
export interface Said {
  readonly code: number
  readonly all: string
}

export interface SecondOperator {
  /** The public half of their ssh key. */
  readonly key: string
  /** The public half of their identity of age. */
  readonly recipient: string
  copse(words: string): Promise<Said>
  /** Brings the clone to what the first operator has committed. */
  pull(): Promise<void>
}

export async function makeSecondOperator(home: Home): Promise<SecondOperator> {
  const station = await makeWorkstation(home.fixture, 'desk', [])
  const { server, run } = station
  await must(server, 'apt-get -q -y --no-install-recommends install age')
  const well = async (script: string) => {
    const { code, stdout, stderr } = await run(script)
    if (code !== 0) throw new Error(`exit ${code}: ${script}\n${stdout}${stderr}`)
    return stdout
  }
  const key = await well('ssh-keygen -q -t ed25519 -N "" -C ben@desk -f ~/.ssh/id_ed25519; cat ~/.ssh/*.pub')
  const recipient = await well(
    'mkdir -p -m 700 ~/.config/copse; age-keygen -o ~/.config/copse/identity 2>/dev/null; age-keygen -y ~/.config/copse/identity',
  )
  return {
    key: key.trim(),
    recipient: recipient.trim(),
    async copse(words) {
      const { code, stdout } = await run(`./copse -C ~/office ${words} 2>&1`)
      return { code, all: stdout }
    },
    async pull() {
      await must(server, 'cat >/srv/office.bundle', await bundle(home))
      await well(
        'if [ -d ~/office ]; then git -C ~/office pull -q; else git clone -q /srv/office.bundle ~/office; fi',
      )
    },
  }
}

/** All that is beside the config, committed. */
async function bundle({ world }: Home): Promise<Buffer> {
  const cwd = dirname(world.config)
  const git = (...words: string[]) =>
    execa('git', ['-c', 'user.name=ana', '-c', 'user.email=ana@office.example', ...words], { cwd })
  await git('init', '-q', '-b', 'main')
  await git('add', '--all')
  await git('commit', '-q', '--allow-empty', '-m', 'The office')
  const made = await execa('git', ['bundle', 'create', '-q', '-', 'main', 'HEAD'], {
    cwd,
    encoding: 'buffer',
  })
  return Buffer.from(made.stdout)
}
