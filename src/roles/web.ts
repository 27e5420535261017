/** A web server: nginx with a static site, and the static files of its host's apps. */
import {
  defineRole,
  directory,
  type Environment,
  file,
  type Host,
  pkg,
  probe,
  type RoleInput,
  tcp,
  unit,
  z,
} from 'copse'
import { indexPage } from './index-page.ts'
import { nginxConf } from './nginx.ts'

const options = z.strictObject({
  port: z.int().min(1).max(65_535).default(80),
  /** Files by path, with their text: `{ 'index.html': '...' }`. Default: a page that says where it comes from. */
  site: z
    .record(
      z.string().regex(/^(?!\.)[\w.-]+(\/(?!\.)[\w.-]+)*$/, 'must be a relative path of plain characters'),
      z.string(),
    )
    .optional(),
})

type Input = RoleInput<z.output<typeof options>>

const root = '/var/www/copse'
const confPath = '/etc/nginx/nginx.conf'

/** Serves the same files on every host of its group; each answer says which machine gave it. */
export const web = defineRole({
  name: 'web',
  options,
  endpoints: ({ port }) => ({ http: tcp(port) }),
  resources,
  probes: ({ host, options: { port } }) => [
    probe.unit(host, 'nginx'),
    probe.http(host, `http://${host.address}:${port}/healthz`, {
      from: { host: host.name },
      headers: { 'X-Served-By': host.machine },
    }),
  ],
})

function resources({ environment, host, options: { port, site } }: Input) {
  const files = site ?? { 'index.html': indexPage(environment, host) }
  return [
    pkg('nginx'),
    directory(root, { exclusive: true }),
    Object.entries(files).map(([path, content]) => file(`${root}/${path}`, { content })),
    file(confPath, {
      content: nginxConf({ port, root, machine: host.machine, apps: assetsOn(environment, host) }),
      validate: 'nginx -t -q -c %s',
    }),
    unit('nginx', { reloadOn: [confPath] }),
  ]
}

function assetsOn({ apps }: Environment, host: Host): readonly string[] {
  return apps.filter((app) => app.assets && app.hosts.includes(host.name)).map(({ name }) => name)
}
