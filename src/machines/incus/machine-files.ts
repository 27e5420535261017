/** Files of a machine, read and written through its engine. */
import type { Client } from './client.ts'
import { type GuestFile, guestPaths } from './guest-files.ts'

function pathOf(instance: string, path: string): string {
  return `/1.0/instances/${instance}/files?${new URLSearchParams({ path })}`
}

/** Undefined where there is no such file. */
export function readMachineFile(client: Client, instance: string, path: string): Promise<string | undefined> {
  return client.text(pathOf(instance, path))
}

interface MachineFile {
  readonly path: string
  readonly mode: '0644' | '0600'
  readonly text: string
}

/**
 * Of root's. Not for a machine that is about to start: for each file written so the engine brings its whole pool to disk,
 * and a start meanwhile waits a second with a busy processor (`forkfile`, in LXD 5.0 and Incus 6).
 */
export async function writeMachineFile(
  client: Client,
  instance: string,
  { path, mode, text }: MachineFile,
): Promise<void> {
  const { header } = client.engine.product
  await client.change({
    method: 'POST',
    path: pathOf(instance, path),
    what: `write ${path} of ${instance}`,
    headers: {
      [`${header}-type`]: 'file',
      [`${header}-uid`]: '0',
      [`${header}-gid`]: '0',
      [`${header}-mode`]: mode,
      [`${header}-write`]: 'overwrite',
    },
    body: { text },
  })
}

/** Of root's, of a machine that was copied and has not run: the engine puts it into its place when it starts. */
export async function writeFirstFile(
  client: Client,
  instance: string,
  { path, text }: GuestFile,
): Promise<void> {
  // The engine would fill in such places.
  if (/\{[{%#]/.test(text)) throw new TypeError(`${path} has what an engine takes for its own`)
  await client.change({
    method: 'POST',
    path: `/1.0/instances/${instance}/metadata/templates?${new URLSearchParams({ path: engineName(path) })}`,
    what: `give ${instance} its ${path}`,
    body: { text },
  })
}

/** What an image tells its engine about the files that each copy of it is given, by their paths. */
export const firstFiles = Object.fromEntries(
  guestPaths.map((path) => [path, { when: ['copy'], template: engineName(path) }] as const),
)

function engineName(path: string): string {
  return `${path.slice(1).replaceAll('/', '-')}.tpl`
}
