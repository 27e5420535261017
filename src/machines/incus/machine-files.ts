/** Files of a machine, running or not, read and written through its engine. */
import type { Client } from './client.ts'
import type { GuestFile } from './guest-files.ts'

function pathOf(instance: string, path: string): string {
  return `/1.0/instances/${instance}/files?${new URLSearchParams({ path })}`
}

/** Undefined where there is no such file. */
export function readMachineFile(client: Client, instance: string, path: string): Promise<string | undefined> {
  return client.text(pathOf(instance, path))
}

/** Of root's. */
export async function writeMachineFile(
  client: Client,
  instance: string,
  { path, mode, text }: GuestFile,
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
