/** Classic syslog from the LAN, taken into this host's own journal, and with it to where all journals are kept. */
import { file, type ResourceList, unit } from 'copse'

const confPath = '/etc/rsyslog.conf'

/** It needs the package rsyslog. */
export function syslog(address: string): ResourceList {
  return [
    file(confPath, { content: rsyslogConf(address), validate: 'rsyslogd -N1 -f %s' }),
    unit('rsyslog', {
      // Its address is the only one that it listens on, and may come up after it.
      dropIn: '[Unit]\nWants=network-online.target\nAfter=network-online.target\n',
      restartOn: [confPath],
    }),
  ]
}

/**
 * Lines are called `PROGRAM@ADDRESS` after where they came from, whatever host they name. Pure.
 *
 * The journal hands its own lines to the socket of `imuxsock` on Debian 12, where they must be taken and forgotten: they
 * are in the journal already.
 */
export function rsyslogConf(address: string): string {
  const input = (protocol: string) =>
    `input(type="im${protocol}" address="${address}" port="514" ruleset="lan")\n`
  return `module(load="imuxsock")
module(load="imudp")
module(load="imtcp" keepalive="on" maxSessions="500")
module(load="omjournal")

template(name="journal" type="subtree" subtree="$!journal")

ruleset(name="lan") {
  set $!journal!MESSAGE = ltrim($msg);
  set $!journal!PRIORITY = $syslogseverity;
  set $!journal!SYSLOG_FACILITY = $syslogfacility;
  set $!journal!SYSLOG_IDENTIFIER = $programname & "@" & $fromhost-ip;
  action(type="omjournal" template="journal")
}
${input('udp')}${input('tcp')}
stop
`
}
