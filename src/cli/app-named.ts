/** The app that a command names with its second word. */
import { CopseError } from '../lib/errors.ts'
import type { App } from '../model/app.ts'
import type { Environment } from '../model/environment.ts'
import type { Invocation } from './command.ts'

/** Throws a usage error that names all apps. */
export function appNamed({ command, words }: Invocation, { name, apps }: Environment): App {
  const [, wanted] = words
  const found = apps.find((app) => app.name === wanted)
  if (found) return found
  const known = apps.map((app) => app.name).join(', ')
  throw new CopseError(
    'usage',
    wanted === undefined
      ? `copse ${command} needs an app`
      : `there is no app ${JSON.stringify(wanted)} in ${name}`,
    {
      hint:
        apps.length > 0
          ? `apps: ${known}; for example: copse ${command} ${name} ${apps[0]?.name}`
          : 'the config has no apps',
    },
  )
}
