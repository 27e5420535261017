/** The whole configuration of Unbound: speaks for the environment's zones, resolves for its LAN, refuses all others. */
export interface UnboundSettings {
  /** The address to listen on, besides the loopback. */
  readonly address: string
  /** Networks that may ask. */
  readonly clients: readonly string[]
  /** Servers for all other names; without any Unbound asks the root servers itself. */
  readonly forward: readonly string[]
  readonly dnssec: boolean
  /** Names of the zones. */
  readonly zones: readonly string[]
}

/** Where a zone's file is. */
export function zonePath(zone: string): string {
  return `/etc/unbound/zones/${zone}`
}

/** `/etc/unbound/unbound.conf`, with no includes: Debian's would switch validation on. */
export function unboundConf(settings: UnboundSettings): string {
  const { address, clients, forward, dnssec, zones } = settings
  return `${[
    'server:',
    '  chroot: ""',
    '  directory: "/etc/unbound"',
    '  username: "unbound"',
    '  interface: 127.0.0.1',
    `  interface: ${address}`,
    // The address may come up after the daemon.
    '  ip-freebind: yes',
    '  do-ip6: no',
    ...['127.0.0.0/8', ...clients].map((client) => `  access-control: ${client} allow`),
    '  hide-identity: yes',
    '  hide-version: yes',
    '  prefetch: yes',
    ...validation(dnssec, zones),
    // Unbound's own empty zones (10.in-addr.arpa, test) come before auth-zones; ours take their part out of them.
    ...zones.map((zone) => `  local-zone: "${zone}." transparent`),
    'remote-control:',
    '  control-enable: yes',
    '  control-interface: /run/unbound.ctl',
    ...zones.flatMap(authZone),
    ...(forward.length > 0
      ? ['forward-zone:', '  name: "."', ...forward.map((server) => `  forward-addr: ${server}`)]
      : []),
  ].join('\n')}\n`
}

function validation(dnssec: boolean, zones: readonly string[]): readonly string[] {
  return dnssec
    ? [
        '  module-config: "validator iterator"',
        '  auto-trust-anchor-file: "/var/lib/unbound/root.key"',
        ...zones.map((zone) => `  domain-insecure: "${zone}."`),
      ]
    : ['  module-config: "iterator"']
}

function authZone(zone: string): readonly string[] {
  return [
    'auth-zone:',
    `  name: "${zone}."`,
    `  zonefile: "${zonePath(zone)}"`,
    '  for-downstream: yes',
    '  for-upstream: yes',
    '  fallback-enabled: no',
  ]
}
