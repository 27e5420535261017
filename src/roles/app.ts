/** The role that an app becomes on its hosts: its doors, its account, its units, and the release that they run. */
import {
  type App,
  defineRole,
  directory,
  type Environment,
  file,
  type Host,
  type Place,
  pkg,
  portsOf,
  probe,
  type ResourceList,
  type Role,
  release,
  tcp,
  unitOfProcess,
  user,
  z,
} from 'copse'
import { sandbox } from './app/sandbox.ts'
import { settingsOf, settingsPath } from './app/settings.ts'
import { accountOf, launcher, launcherPath, unitFile, unitPath } from './app/units.ts'
import { deployKey } from './deploy-key.ts'
import { authority, serverCertificate } from './tls.ts'

/** What a role must know of an app before the environment is resolved. */
export type AppDoors = Pick<App, 'name' | 'port' | 'processes'> & { readonly place: Place }

/** Where apps are on their hosts. */
const home = '/srv/apps'
const programs = '/usr/local/lib/copse'

/** A role of the app's name. */
export function appRole({ place, ...doors }: AppDoors): Role {
  const role = defineRole({
    name: doors.name,
    options: z.strictObject({}),
    endpoints: () =>
      Object.fromEntries(
        portsOf(doors).map((port, index) => [index === 0 ? 'http' : `http-${index + 1}`, tcp(port)]),
      ),
    resources: ({ environment, host }) => resources(environment, host, appOf(environment, doors.name)),
    // After all else, where those of several apps are started at once.
    finish: ({ environment }) => runs(appOf(environment, doors.name)),
    flows: ({ environment, host }) => [
      ...appOf(environment, doors.name).uses.map((to) => ({ from: host.name, to })),
      { from: host.name, to: 'ci.artifacts' },
    ],
    probes: ({ environment, host }) => probes(host, appOf(environment, doors.name)),
  })()
  return { ...role, place }
}

function appOf({ apps }: Environment, name: string): App {
  const found = apps.find((app) => app.name === name)
  if (!found) throw new RangeError(`the environment has no app ${name}`)
  return found
}

function resources(environment: Environment, host: Host, app: App): ResourceList {
  const account = accountOf(app)
  return [
    pkg('zstd'),
    user(account, { system: true, home: '/nonexistent', comment: `app ${app.name}` }),
    serverCertificate(app.name, host),
    [home, `${home}/${app.name}`, `${home}/${app.name}/assets`, programs, `${programs}/apps`].map((path) =>
      directory(path),
    ),
    ['release.pl', 'artifact.pl', 'ready.pl'].map((name) =>
      file(`${programs}/${name}`, { source: `./app/host/${name}` }),
    ),
    sandbox(app),
    app.processes.map((process) => [
      file(launcherPath(app, process), { content: launcher(app, process) }),
      file(unitPath(app, process), { content: unitFile(app, process, host) }),
    ]),
    file(settingsPath(app), {
      content: settingsOf(app, { environment, account, units: unitsOf(app), inputs: inputsOf(app) }),
    }),
    deployKey(environment, host),
  ]
}

function runs(app: App): ResourceList {
  const { name, variables } = app
  return [
    release(name, { variables, settings: settingsPath(app), units: unitsOf(app), inputs: inputsOf(app) }),
  ]
}

/** What the units are restarted for: whom they trust, too, processes read but once. */
function inputsOf(app: App): readonly string[] {
  return [
    ...app.processes.flatMap((process) => [unitPath(app, process), launcherPath(app, process)]),
    authority,
  ]
}

/** `www@1`, `www@2`, and those of other processes. */
function unitsOf(app: App): readonly string[] {
  return app.processes.flatMap((process) =>
    Array.from({ length: process.instances }, (_, index) => `${unitOfProcess(app, process)}@${index + 1}`),
  )
}

function probes(host: Host, app: App) {
  const asked = [
    ...unitsOf(app).map((name) => probe.unit(host, name)),
    ...portsOf(app).flatMap((port) =>
      [app.health, ...app.checks].map((path) =>
        probe.http(host, `http://${host.address}:${port}${path}`, { from: { host: host.name } }),
      ),
    ),
  ]
  return asked.map((one) => ({ ...one, app: app.name }))
}
