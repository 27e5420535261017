/** The constant scripts that observe a host and apply a plan there. */
import { readFileSync } from 'node:fs'

const read = (name: string) => readFileSync(new URL(`remote/${name}.sh`, import.meta.url), 'utf8')

/** Loaded once with the engine: every host runs the same text. */
export const remoteScripts = {
  observe: read('observe'),
  apply: read('apply'),
  session: read('session'),
  probe: read('probe'),
  seal: read('seal'),
} as const
