/** A host asks its probes by itself, each minute: the journal, Graphite and `copse status` are told what came of it. */
import {
  askProgram,
  directory,
  type Environment,
  file,
  type Host,
  hostsWithRole,
  type Probe,
  parseAddress,
  questionsText,
  type ResourceList,
  unit,
} from 'copse'

const goldenRatio = (Math.sqrt(5) - 1) / 2

const home = '/usr/local/lib/copse'
const questionsPath = '/etc/copse/questions'
const servicePath = '/etc/systemd/system/copse-monitor.service'

/** Is there anybody to tell? Nothing is asked where there is not. */
export function isMonitored(isWanted: boolean, environment: Environment): boolean {
  return isWanted && ['logs', 'metrics'].some((role) => hostsWithRole(environment, role).length > 0)
}

/** `asks` are the questions; what became of them is only told to Graphite where figures of the host go there. */
export function monitor(
  { environment, host }: { readonly environment: Environment; readonly host: Host },
  asks: readonly Probe[],
  isMeasured: boolean,
): ResourceList {
  const carbons = isMeasured
    ? hostsWithRole(environment, 'metrics').map(({ address }) => `${address}:2003`)
    : []
  return [
    directory(home),
    file(`${home}/ask`, { content: askProgram() }),
    file(`${home}/monitor`, { source: './monitor.pl', mode: 0o755 }),
    file(questionsPath, { content: questionsText(asks) }),
    file(servicePath, { content: service([questionsPath, host.name, ...carbons]) }),
    unit('copse-monitor.timer', { file: timer(host), restartOn: [servicePath] }),
  ]
}

/** It has the privileges that probes have when an operator asks. That it begins and ends each minute is no news. */
function service(words: readonly string[]): string {
  return `[Unit]
Description=Asks the probes of this host

[Service]
Type=oneshot
ExecStart=${[`${home}/monitor`, ...words].join(' ')}
RuntimeDirectory=copse-monitor
RuntimeDirectoryMode=0700
RuntimeDirectoryPreserve=yes
WorkingDirectory=/run/copse-monitor
TimeoutStartSec=3min
LogLevelMax=notice
`
}

/**
 * Hosts begin in different seconds, each always in its own: multiples of the golden ratio leave addresses that follow each other
 * as far apart as can be, however many there are. On one box they would be in each other's way else.
 */
function timer({ address }: Host): string {
  const second = Math.floor((((parseAddress(address) ?? 0) * goldenRatio) % 1) * 60)
  return `[Unit]
Description=Asks the probes of this host each minute

[Timer]
OnCalendar=*-*-* *:*:${String(second).padStart(2, '0')}
AccuracySec=1s

[Install]
WantedBy=timers.target
`
}
