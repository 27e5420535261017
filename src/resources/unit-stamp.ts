/** Stamps: what a unit was last started or reloaded with, as a digest of everything that it names. */
import { digestOf } from '../lib/digest.ts'
import type { Surroundings } from './kind.ts'

/** The stamp of a unit that names nothing. */
export const noInputs = 'none'

/** The stamp of what is wanted now, as one word. An input that nobody wants counts as absent. */
export function stampOf(inputs: readonly string[], around: Surroundings): string {
  if (inputs.length === 0) return noInputs
  const digests = inputs.flatMap(idsOf).map((id) => [id, around.digestOf(id) ?? 'absent'])
  return digestOf(digests.toSorted(([a = ''], [b = '']) => (a < b ? -1 : 1))).slice(0, 16)
}

/** Kinds whose key is a path: what an input means that is a bare path. */
const pathKinds = ['file', 'link', 'archive', 'directory']

/** The resources, as `kind key`, that an input may mean. */
export function idsOf(input: string): readonly string[] {
  const ids = input.startsWith('/') ? pathKinds.map((kind) => `${kind} ${input}`) : [input]
  const certificate = /^(\/etc\/copse\/tls\/[^/]+)\.(?:crt|key|pem)$/.exec(input)?.[1]
  return certificate === undefined ? ids : [...ids, `certificate ${certificate}.crt`]
}

/** Is an input a file that systemd itself reads? It misses a first drop-in unless it is told to look again. */
export function isUnitFile(input: string): boolean {
  return /(^|^file |^link )\/(etc|run|usr\/local\/lib)\/systemd\/system\//.test(input)
}
