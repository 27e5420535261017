/** A command that systemd runs at times: a service, its timer, and the files of both. */
import type { ResourceList } from '../model/resource.ts'
import { file } from './file.ts'
import { unit } from './unit.ts'

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
  const { command, user, description = name } = options
  const about = `[Unit]\nDescription=${literal(description)}\n`
  const service = file(`/etc/systemd/system/${name}.service`, {
    content: `${about}
[Service]
Type=oneshot
ExecStart=/bin/sh -c ${execWord(command)}
${user === undefined ? '' : `User=${literal(user)}\n`}`,
  })
  const own = unit(`${name}.timer`, {
    restartOn: [service.key],
    file: `${about}
[Timer]
${times(options)}
[Install]
WantedBy=timers.target
`,
  })
  return [service, own]
}

function times({ onCalendar, onBootSec, onUnitActiveSec, randomizedDelaySec }: TimerOptions): string {
  const settings = {
    OnCalendar: onCalendar,
    OnBootSec: onBootSec,
    OnUnitActiveSec: onUnitActiveSec,
    RandomizedDelaySec: randomizedDelaySec,
    Persistent: onCalendar === undefined ? undefined : 'true',
  }
  return Object.entries(settings)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${literal(value)}\n`]))
    .join('')
}

/** A value that systemd takes as it stands: no specifiers, no second line. */
function literal(value: string): string {
  return value.replaceAll(/[\r\n\0]+/g, ' ').replaceAll('%', '%%')
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
