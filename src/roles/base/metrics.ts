/** A host's own figures, sent to where the environment keeps them. */
import { type Environment, file, type Host, hostsWithRole, type ResourceList, unit } from 'copse'

const confPath = '/etc/collectd/collectd.conf'

/** Is there anywhere to send figures to? Everything about them is left out where there is not. */
export function isMeasured(isWanted: boolean, environment: Environment): boolean {
  return isWanted && hostsWithRole(environment, 'metrics').length > 0
}

/** Where figures go: the endpoints of every host that keeps them. */
export function carbonDoors(environment: Environment): readonly string[] {
  return hostsWithRole(environment, 'metrics').map(({ name }) => `${name}.carbon`)
}

/** collectd, with its figures under `hosts.NAME`. It needs the package collectd-core. */
export function measurements(environment: Environment, host: Host): ResourceList {
  return [
    file(confPath, { content: collectdConf(environment, host), validate: 'collectd -t -C %s' }),
    unit('collectd', { restartOn: [confPath] }),
  ]
}

/**
 * In step with Graphite's finest ring. In a container without lxcfs the kernel shows the figures of its box for cpu, memory
 * and load; those of its disk and network are its own.
 */
export function collectdConf(environment: Environment, { name }: Host): string {
  return `Hostname "${name}"
FQDNLookup false
Interval 10
LoadPlugin syslog
<Plugin syslog>
  LogLevel warning
</Plugin>

LoadPlugin cpu
<Plugin cpu>
  ReportByCpu false
  ValuesPercentage true
</Plugin>
LoadPlugin memory
LoadPlugin load
LoadPlugin disk
<Plugin disk>
  Disk "/^(loop|ram|zram|sr)/"
  IgnoreSelected true
</Plugin>
LoadPlugin df
<Plugin df>
  FSType "/^(autofs|cgroup2?|debugfs|dev(pts|tmpfs)|efivarfs|fuse\\\\..*|mqueue|overlay|proc|ramfs|squashfs|sysfs|tmpfs|tracefs)$/"
  IgnoreSelected true
  ValuesPercentage true
</Plugin>
LoadPlugin interface
<Plugin interface>
  Interface "lo"
  IgnoreSelected true
</Plugin>

LoadPlugin write_graphite
<Plugin write_graphite>
${hostsWithRole(environment, 'metrics').map(node).join('\n')}
</Plugin>
`
}

function node({ name, address }: Host): string {
  return `  <Node "${name}">
    Host "${address}"
    Port "2003"
    Protocol "tcp"
    Prefix "hosts."
    EscapeCharacter "_"
    StoreRates true
    LogSendErrors true
  </Node>`
}
