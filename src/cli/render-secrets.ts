/** What is kept secret as a table: names and places, never a value. Pure. */
import type { SecretUse } from '../engine/secrets/keeper.ts'
import type { Paint } from './paint.ts'
import { printableLine } from './printable.ts'
import type { SecretsDocument } from './secrets-list.ts'
import { renderTable } from './table.ts'

/** A row per secret, and what is to be done. */
export function renderSecrets(document: SecretsDocument, paint: Paint): string {
  const { environment, secrets, file, isForPeople } = document
  const remark = isForPeople ? '' : staleText(document)
  if (secrets.length === 0) return `${environment} has no secrets.\n`
  const rows = secrets.map((secret) => [secret.name, stateText(secret, paint), usesText(secret.uses)])
  const missing = secrets
    .filter(({ state, isMadeByUp }) => state === 'missing' && !isMadeByUp)
    .map(({ name }) => `  copse secrets ${environment} set ${name}\n`)
  return [
    renderTable([['NAME', 'STATE', 'USED BY'], ...rows]),
    `Kept in ${file}.\n`,
    remark,
    missing.length > 0 ? `To be set before the next up:\n${missing.join('')}` : '',
  ].join('')
}

function stateText({ state, isMadeByUp }: SecretsDocument['secrets'][number], paint: Paint): string {
  if (state !== 'missing') return paint('good', state)
  return isMadeByUp ? 'made by the next up' : paint('bad', 'missing')
}

/** `web1:/etc/app.env`, and files of several hosts once. */
function usesText(uses: SecretsDocument['secrets'][number]['uses']): string {
  if (uses.length === 0) return 'nothing'
  const byThing = Map.groupBy(uses, ({ resource }) => resource.replace(/^file /, ''))
  return printableLine(
    [...byThing]
      .map(([thing, all]) => `${[...new Set(all.map(({ host }) => host))].join(',')}:${thing}`)
      .join(' '),
  )
}

function staleText({ environment, recipients }: SecretsDocument): string {
  return `It is encrypted to ${recipients.length === 0 ? 'nobody' : recipients.join(', ')}: not to exactly the people of the config.
  copse up ${environment}    encrypts it to them; who has left still knows what was in it
`
}

/** What follows from a new value. */
export function whatNow(name: string, use: SecretUse | undefined, environment: string): string {
  if (!use) return `Nothing names it yet: secret('${name}') in the config does.\n`
  const hosts = [...new Set(use.places.map(({ host }) => host))].join(', ')
  return `copse up ${environment} brings it to ${hosts}.\n`
}
