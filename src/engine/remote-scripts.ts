/** The constant scripts that observe a host and apply a plan there. */
import { readFileSync } from 'node:fs'

const read = (file: string) => readFileSync(new URL(`remote/${file}`, import.meta.url), 'utf8')

/** Loaded once with the engine: every host runs the same text. */
export const remoteScripts = {
  observe: read('observe.sh'),
  look: read('look.pl'),
  apply: read('apply.pl'),
  session: read('session.pl'),
  revert: read('revert.sh'),
  seal: read('seal.sh'),
} as const
