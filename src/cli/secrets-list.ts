/** What is kept secret and what for, as a document. Pure. */
import type { z } from 'zod'
import { type Held, isFor } from '../engine/secrets/document.ts'
import type { Session } from '../engine/session.ts'
import type { documents } from './schemas.ts'

export type SecretsDocument = z.output<typeof documents.secrets>

/** Those that the definition names, and those that are only kept. */
export function secretsDocument(
  { secrets: { store, uses }, desired }: Pick<Session, 'secrets' | 'desired'>,
  held: Held,
): SecretsDocument {
  const { recipients, generated, values } = held
  const names = [...new Set([...uses.map(({ name }) => name), ...values.keys()])].sort()
  return {
    version: 1,
    environment: desired.environment.name,
    file: store.file,
    recipients: [...recipients],
    isForPeople: isFor(held, store.recipients),
    secrets: names.map((name) => {
      const use = uses.find((one) => one.name === name)
      const kept = generated.has(name) ? ('generated' as const) : ('set' as const)
      return {
        name,
        state: values.has(name) ? kept : ('missing' as const),
        isMadeByUp: use?.generate !== undefined,
        uses: (use?.places ?? []).map(({ host, resource }) => ({ host, resource })),
      }
    }),
  }
}
