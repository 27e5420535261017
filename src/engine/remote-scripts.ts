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

const readHere = (file: string) => readFileSync(new URL(`parity/${file}`, import.meta.url), 'utf8')

/** What a host tells of itself, in two parts, where environments are compared. */
export function factPrograms(): Readonly<Record<'ask' | 'running', { readonly text: string }>> {
  return { ask: { text: readHere('facts.pl') }, running: { text: readHere('running.pl') } }
}

/** Compares a host's packages with a list of versions, and installs those. */
export function versionsProgram(): string {
  return readHere('versions.pl')
}
