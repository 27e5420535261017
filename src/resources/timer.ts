/** A command that systemd runs at times: a service, its timer, and the files of both. */
import { z } from 'zod'
import type { ResourceList } from '../model/resource.ts'
import { file } from './file.ts'
import { acceptSettings } from './kind.ts'
import { unit } from './unit.ts'
import { accountName, oneLine } from './words.ts'

const time = oneLine.min(1).optional()

const settings = z
  .strictObject({
    name: z.string().regex(/^[\w.:-]+$/, 'must be a name of letters, digits, dots, colons and hyphens'),
    command: z
      .string()
      .min(1)
      .regex(/^[^\r\0]*$/, 'must not contain NUL or a carriage return'),
    onCalendar: time,
    onBootSec: time,
    onUnitActiveSec: time,
    randomizedDelaySec: time,
    user: accountName.optional(),
    description: oneLine.optional(),
  })
  .refine(({ onCalendar, onBootSec, onUnitActiveSec }) => onCalendar ?? onBootSec ?? onUnitActiveSec, {
    message: 'needs onCalendar, onBootSec or onUnitActiveSec',
  })

/** What a timer runs and when; at least one of the `on` settings. */
export interface TimerOptions {
  /** POSIX sh, in one or more lines. */
  readonly command: string
  /** `daily`, `*-*-* 04:00`: systemd's calendar expressions. A run that was missed is made up for. */
  readonly onCalendar?: string
  /** So long after boot: `5min`. */
  readonly onBootSec?: string
  /** So long after its last start: `1h`. */
  readonly onUnitActiveSec?: string
  /** Spreads the start over so long, so that hosts do not all begin at once. */
  readonly randomizedDelaySec?: string
  /** The account that runs it. Default root. */
  readonly user?: string
  readonly description?: string
}

/** Runs a command at times; the service is `NAME.service`, and its output is in the journal. */
export function timer(name: string, options: TimerOptions): ResourceList {
  const accepted = acceptSettings('timer', settings, { name, ...options })
  const { command, user, description = name } = accepted
  const about = `[Unit]\nDescription=${literal(description)}\n`
  const service = file(`/etc/systemd/system/${name}.service`, {
    content: `${about}
[Service]
Type=oneshot
ExecStart=/bin/sh -c ${execWord(command)}
${user === undefined ? '' : `User=${user}\n`}`,
  })
  const own = unit(`${name}.timer`, {
    restartOn: [service.key],
    file: `${about}
[Timer]
${times(accepted)}
[Install]
WantedBy=timers.target
`,
  })
  return [service, own]
}

function times({
  onCalendar,
  onBootSec,
  onUnitActiveSec,
  randomizedDelaySec,
}: z.output<typeof settings>): string {
  const lines = {
    OnCalendar: onCalendar,
    OnBootSec: onBootSec,
    OnUnitActiveSec: onUnitActiveSec,
    RandomizedDelaySec: randomizedDelaySec,
    Persistent: onCalendar === undefined ? undefined : 'true',
  }
  return Object.entries(lines)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${literal(value)}\n`]))
    .join('')
}

/** A value that systemd takes as it stands: `%` begins no specifier. */
function literal(value: string): string {
  return value.replaceAll('%', '%%')
}

/** One word of an ExecStart line: quoted, with neither specifiers nor variables of systemd's. */
export function execWord(text: string): string {
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n')
    .replaceAll('%', '%%')
    .replaceAll('$', '$$$$')
  return `"${escaped}"`
}
