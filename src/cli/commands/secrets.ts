/** `copse secrets ENV [list|set|get|edit] [NAME]`: what an environment keeps secret. */
import { suggest } from '../../config/words.ts'
import { changeSecrets } from '../../engine/secrets/change.ts'
import { type Held, sameHeld, withValue, withValues } from '../../engine/secrets/document.ts'
import { newValue } from '../../engine/secrets/keeper.ts'
import { authorityKey } from '../../engine/secrets/open.ts'
import type { Session } from '../../engine/session.ts'
import { CopseError } from '../../lib/errors.ts'
import { generatedLength, secretName } from '../../resources/secret-text.ts'
import { defineCommand, type Invocation } from '../command.ts'
import { withEnvironment } from '../environment.ts'
import { type ChangeFlags, changeFlags } from '../flags.ts'
import { renderSecrets, whatNow } from '../render-secrets.ts'
import { printDocument } from '../schemas.ts'
import { editSecrets } from '../secrets-edit.ts'
import { readSecret } from '../secrets-input.ts'
import { secretsDocument } from '../secrets-list.ts'

interface SecretsFlags extends ChangeFlags {
  /** True without a number. */
  readonly generate?: number | true
}

type Asked = Invocation<SecretsFlags>

export const command = defineCommand<SecretsFlags>({
  words: ['ENV', '[list|set|get|edit]', '[NAME]'],
  flags: [
    ...changeFlags,
    {
      flags: '--generate [N]',
      description: 'set: N random letters and digits; default: as many as the config asks for, or 32',
      parse: length,
    },
  ],
  more: `Examples:
  copse secrets prod                            names, where they are used, which are missing; never a value
  copse secrets prod set smtp-password          asks for it, or reads it: ... set smtp-password < FILE
  copse secrets prod set app-key --generate     another one than up has made
  copse secrets prod get smtp-password          prints it
  copse secrets prod edit                       all of them, as JSON in your editor
Hosts have a new value after the next up. Where it is kept is the environment's \`secrets\` in the config: 'local' or 'repo'.`,
  run: (invocation) => withEnvironment(invocation, async ({ session }) => act(invocation, session)),
})

async function act(asked: Asked, session: Session): Promise<number> {
  const [environment = 'ENV', verb = 'list', name] = asked.words
  if (verb === 'list') return show(asked, session, await session.secrets.store.read())
  if (verb === 'edit') return edit(asked, session)
  if (verb !== 'set' && verb !== 'get')
    throw new CopseError('usage', `copse secrets cannot ${verb}`, {
      hint: `copse secrets ${environment} list, set, get or edit`,
    })
  const parsed = secretName.safeParse(name)
  if (!parsed.success)
    throw new CopseError(
      'usage',
      name === undefined ? `${verb} needs the name of a secret` : 'that is no name of a secret',
      {
        hint:
          name === undefined
            ? suggest('', namesIn(session))
            : 'a name is lower-case letters, digits and hyphens',
      },
    )
  return verb === 'set' ? set(asked, session, parsed.data) : get(asked, session, parsed.data)
}

function show({ screen, flags }: Asked, session: Session, held: Held): number {
  const document = secretsDocument(session, held)
  if (flags.json) printDocument(screen, 'secrets', document)
  else screen.print(renderSecrets(document, screen.paint))
  return 0
}

async function get({ screen, flags, words }: Asked, session: Session, name: string): Promise<number> {
  const { values } = await session.secrets.store.read()
  const value = values.get(name)?.reveal()
  const [environment = 'ENV'] = words
  if (value === undefined)
    throw new CopseError('failed', `${environment} has no secret ${name}`, {
      hint: suggest(name, [...values.keys()]),
    })
  if (flags.json) printDocument(screen, 'secrets get', { environment, name, value })
  else screen.print(`${value}\n`)
  return 0
}

/** The value is read before the lock is taken: whoever types may take their time. */
async function set(asked: Asked, session: Session, name: string): Promise<number> {
  const { flags, screen, signal } = asked
  const use = session.secrets.uses.find((one) => one.name === name)
  const isMade = flags.generate !== undefined
  const usual = name === authorityKey ? 'authority' : (use?.generate ?? 32)
  const length = flags.generate === true || usual === 'authority' ? usual : flags.generate
  const value =
    flags.generate === undefined ? await readSecret(`${name}: `, { screen, signal }) : await newValue(length)
  const held = await changeSecrets(session, optionsOf(asked), async (before) =>
    withValue(before, name, { value, isMade }),
  )
  if (flags.json) return show(asked, session, held)
  screen.print(`Set ${name} in ${session.secrets.store.file}.\n`)
  screen.note(whatNow(name, use, session.desired.environment.name))
  return 0
}

async function edit(asked: Asked, session: Session): Promise<number> {
  const { screen, signal } = asked
  let isChanged = false
  const held = await changeSecrets(session, optionsOf(asked), async (before) => {
    const next = withValues(before, await editSecrets(before.values, { screen, signal }))
    isChanged = !sameHeld(before, { ...next, recipients: session.secrets.store.recipients })
    return isChanged ? next : undefined
  })
  if (asked.flags.json) return show(asked, session, held)
  screen.print(isChanged ? `Saved ${session.secrets.store.file}.\n` : 'Nothing was changed.\n')
  return 0
}

function optionsOf({ flags, typed }: Asked) {
  return { lockTimeoutMs: flags.lockTimeout, command: typed }
}

function namesIn({ secrets }: Session): readonly string[] {
  return secrets.uses.map(({ name }) => name)
}

function length(value: string): number {
  const parsed = generatedLength.safeParse(Number(value))
  if (parsed.success) return parsed.data
  throw new CopseError('usage', `"${value}" is no length of a secret`, {
    hint: 'write a number from 8 to 1024',
  })
}
