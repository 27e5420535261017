/** Whether this user may do what an environment needs of the box: be root, or ask an engine that is prepared for it. */
import { readFile, stat } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { CopseError } from '../../lib/errors.ts'
import { type Engine, socketOf } from './engine.ts'

/** Who asks, and who may. */
export interface Access {
  readonly user: string
  readonly isRoot: boolean
  /** The group whose members may open the engine's socket. */
  readonly group: string
  /** `late`: since this login. */
  readonly member: 'yes' | 'late' | 'no'
}

/** The engine, as this user finds it. */
export interface Found {
  readonly environment: string
  readonly state: 'answers' | 'silent' | 'down'
  /** The environment's network is there: what is left to do takes no root. */
  readonly isPrepared: boolean
}

/** Throws when the next `up` would be refused, with what to type. */
export function privilegesDetail(access: Access, { environment, state, isPrepared }: Found): string {
  const { user, isRoot, group, member } = access
  if (isRoot) return 'root'
  if (state === 'silent' && group !== 'root' && member !== 'yes')
    throw member === 'late'
      ? new CopseError('failed', `${user} joined the group ${group} after this login began`, {
          hint: `log in again, or: newgrp ${group}`,
        })
      : new CopseError('failed', `${user} is not in the group ${group}, which may use the engine`, {
          hint: `sudo usermod -aG ${group} ${user}; then log in again`,
        })
  if (state === 'answers' && isPrepared) return `${user}, in the group ${group}`
  throw new CopseError(
    'failed',
    `\`up ${environment}\` changes this box (packages, engine, network), which only root may`,
    { hint: `sudo copse up ${environment}` },
  )
}

interface Group {
  readonly name: string
  readonly id: number
  readonly members: readonly string[]
}

/** Reads the text of /etc/group. */
export function parseGroups(text: string): readonly Group[] {
  return text.split('\n').flatMap((line) => {
    const [name = '', , id = '', members = ''] = line.split(':')
    return id === '' ? [] : [{ name, id: Number(id), members: members.split(',') }]
  })
}

/** Of this box: on another, copse is always root. The socket says whose it is; where there is none yet, the engine's package will make the usual group. */
export async function readAccess(engine: Engine): Promise<Access> {
  if (!engine.box.isHere) return { user: 'root', isRoot: true, group: engine.product.group, member: 'no' }
  const socket = await stat(socketOf(engine)).catch(() => undefined)
  const groups = parseGroups(await readFile('/etc/group', 'utf8').catch(() => ''))
  const usual = engine.product.group
  const found = groups.find(({ name, id }) => (socket ? id === socket.gid : name === usual))
  const { username: user, uid } = userInfo()
  const isIn = found !== undefined && process.getgroups?.().includes(found.id) === true
  const member = isIn ? 'yes' : found?.members.includes(user) ? 'late' : 'no'
  return { user, isRoot: uid === 0, group: found?.name ?? usual, member }
}
