/** Tells somebody once when a probe goes red for long enough, and once when it is green again: by what hosts said last. */
import {
  directory,
  type Environment,
  file,
  type Host,
  type MailAlert,
  type ResourceList,
  type SecretText,
  secretText,
  unit,
} from 'copse'
import { journals } from './intake.ts'

const home = '/etc/copse/alert'
const programPath = '/usr/local/lib/copse/alert'
const servicePath = '/etc/systemd/system/copse-alert.service'

/** `clients` are the hosts whose journals are kept here; who does not ask its probes has nothing to say. Nothing where the environment has no `alert`. */
export function alert(environment: Environment, host: Host, clients: readonly Host[]): ResourceList {
  if (!environment.alert) return []
  const { webhook, command, mail } = environment.alert
  const words = [programPath, journals, environment.ecosystem, environment.name, host.name]
  const hosts = [host, ...clients.filter(({ name }) => name !== host.name)].filter(
    ({ isMonitored }) => isMonitored,
  )
  return [
    directory('/usr/local/lib/copse'),
    directory(home, { mode: 0o700 }),
    webhook === undefined
      ? []
      : file(`${home}/webhook`, { content: secretText`url = "${webhook}"\n`, mode: 0o600 }),
    mail === undefined ? [] : file(`${home}/mail`, { content: mailSettings(mail), mode: 0o600 }),
    command === undefined ? [] : file(`${home}/command`, { content: scriptOf(command), mode: 0o755 }),
    file(programPath, { source: './alert.pl', mode: 0o755 }),
    file(servicePath, { content: service([...words, ...hosts.map(({ name }) => name)]) }),
    unit('copse-alert.timer', { file: timer, restartOn: [servicePath] }),
  ]
}

/** As curl reads them: a login is only shown to a server that speaks TLS. */
function mailSettings({ server, from, to, login }: MailAlert): SecretText {
  const rcpts = to.map((one) => `mail-rcpt = "${one}"\n`).join('')
  const user = login ? secretText`ssl-reqd\nuser = "${login.user}:${login.password}"\n` : 'ssl\n'
  return secretText`url = "${server}"\nmail-from = "${from}"\n${rcpts}${user}`
}

/** A line is sh, words are a program with its arguments. */
function scriptOf(command: string | readonly string[]): string {
  const quoted = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`
  const line = typeof command === 'string' ? command : `exec ${command.map(quoted).join(' ')}`
  return `#!/bin/sh\n${line}\n`
}

/** That it begins and ends is no news; whom it told is. */
function service(words: readonly string[]): string {
  return `[Unit]
Description=Tells of probes that went red

[Service]
Type=oneshot
ExecStart=${words.join(' ')}
StateDirectory=copse-alert
StateDirectoryMode=0700
WorkingDirectory=/var/lib/copse-alert
TimeoutStartSec=5min
SyslogLevel=notice
LogLevelMax=notice
`
}

const timer = `[Unit]
Description=Looks twice a minute at what hosts found

[Timer]
OnCalendar=*-*-* *:*:0/30
AccuracySec=1s

[Install]
WantedBy=timers.target
`
