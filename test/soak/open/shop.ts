/** A shop of one small app in two environments of plain servers, one config for both, with a repository around it. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import { type PlainServers, plainServers } from '../../fixture/plain-servers.ts'
import { makeWorld, type World } from '../../system/office/world.ts'
import { check, program } from './program.ts'

/** Each is half of the servers' network, and runs another release of Debian. */
const homes = {
  dev: { base: 0, name: 'dev', release: 13 },
  public: { base: 128, name: 'pub', release: 12 },
} as const
const octets = { ci: 23, web: 24 } as const

export type Home = keyof typeof homes

export interface Shop extends AsyncDisposable {
  readonly world: World
  address(home: Home, host: keyof typeof octets): string
  /** Replaces text in the program, and commits that; fails when there is nothing to replace. */
  change(from: string, to: string): Promise<void>
  /** Pushes what is committed to a branch of dev's repository; what git said. */
  push(branch: string): Promise<string>
}

export async function makeShop(): Promise<Shop> {
  const servers = await plainServers()
  const directory = await mkdtemp(join(tmpdir(), 'open-'))
  const key = join(directory, 'ana')
  await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'ana', '-f', key])
  const environments = await Promise.all([
    environmentText(servers, 'dev'),
    environmentText(servers, 'public'),
  ])
  const world = await makeWorld({
    text: configText(environments, (await readFile(`${key}.pub`, 'utf8')).trim()),
    addresses: {},
    end: async () => undefined,
  })
  const folder = dirname(world.config)
  const source = join(folder, 'apps/shop/server.pl')
  await mkdir(dirname(source), { recursive: true })
  await writeFile(source, program)
  await writeFile(join(folder, 'apps/shop/check.sh'), check)
  const address: Shop['address'] = (home, host) => `${servers.net}.${homes[home].base + octets[host]}`
  const git = (...words: readonly string[]) => {
    const ssh = `ssh -i ${key} -o IdentitiesOnly=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null`
    const identity = ['-c', 'user.name=Ana', '-c', 'user.email=ana@shop.example']
    return execa('git', [...identity, ...words], { cwd: folder, env: { GIT_SSH_COMMAND: ssh }, all: true })
  }
  const commit = async (message: string) => {
    await git('add', '--all', '.')
    await git('commit', '--quiet', '-m', message)
  }
  await git('init', '--quiet', '--initial-branch=main')
  await commit('it opens')
  return {
    ...{ world, address },
    async change(from, to) {
      const before = await readFile(source, 'utf8')
      if (!before.includes(from)) throw new Error(`the program does not contain ${from}`)
      await writeFile(source, before.replace(from, to))
      await commit(to)
    },
    push: async (branch) => (await git('push', `git@${address('dev', 'ci')}:shop.git`, `HEAD:${branch}`)).all,
    async [Symbol.asyncDispose]() {
      await world[Symbol.asyncDispose]()
      await servers[Symbol.asyncDispose]()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

/** `// HOME says:` is where an environment says more. */
async function environmentText(servers: PlainServers, home: Home): Promise<string> {
  const made = Object.entries(octets).map(async ([host, octet]) => {
    const { base, name, release } = homes[home]
    const server = await servers.server({ name: `${name}${host}`, release, octet: base + octet })
    const { user, identityFile, hostKey } = server
    return `${host}: ${JSON.stringify({ user, identityFile, hostKey })}`
  })
  return `${home}: {
      machines: existing({ debian: ${homes[home].release}, servers: { ${(await Promise.all(made)).join(', ')} } }),
      subnet: '${servers.net}.${homes[home].base}/25',
      domain: '${home}.shop.internal',
      prefix: '${homes[home].name}',
      resolvers: ['${servers.net}.1'],
      // ${home} says:
    },`
}

function configText(environments: readonly string[], key: string): string {
  return `import { app, balancer, ci, defineEcosystem, existing } from 'copse'

export default defineEcosystem({
  name: 'shop',
  environments: {
    ${environments.join('\n    ')}
  },
  apps: {
    shop: app({
      source: 'apps/shop',
      build: ['perl -wc server.pl'],
      test: 'sh check.sh',
      processes: { web: 'perl server.pl' },
    }),
  },
  people: [{ name: 'ana', environments: ['dev'], keys: ['${key}'] }],
  hosts: {
    ci: { at: ${octets.ci}, names: ['git', 'ci'], roles: [ci()] },
    web: { at: ${octets.web}, names: ['shop'], roles: [balancer()], apps: ['shop'] },
  },
})
`
}
