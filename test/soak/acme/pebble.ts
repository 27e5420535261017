/** A certificate authority that speaks ACME: Debian's Pebble on a plain server. It forgets all when it ends. */
import { expect } from 'vitest'
import type { PlainServer } from '../../fixture/plain-server.ts'

export interface Pebble {
  /** The URL of its directory. */
  readonly directory: string
  /** What its own https is verified by, as PEM. */
  readonly authority: string
  /** It answers when this ends. */
  start(): Promise<void>
  stop(): Promise<void>
  /** The root of what it issues, which is another one each time it starts, as PEM. */
  root(): Promise<string>
  /** How many certificates it has issued since it was made. */
  issued(): Promise<number>
  /** How many orders it was given. */
  ordered(): Promise<number>
}

/** It asks `names`, a DNS server's address and port, where to go, and port 80 there. */
export async function makePebble(server: PlainServer, names: string): Promise<Pebble> {
  const { address } = server
  const run = async (script: string) => {
    const { code, stdout, stderr } = await server.exec(script)
    expect(code, stderr).toBe(0)
    return stdout
  }
  await run(`export DEBIAN_FRONTEND=noninteractive
apt-get -qq update && apt-get -qqy install pebble openssl curl
mkdir -p /etc/pebble && cd /etc/pebble
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj /CN=directory \\
  -addext subjectAltName=IP:${address} -keyout key.pem -out cert.pem
cat >config.json <<'json'
${JSON.stringify({
  pebble: {
    listenAddress: '0.0.0.0:14000',
    managementListenAddress: '0.0.0.0:15000',
    certificate: '/etc/pebble/cert.pem',
    privateKey: '/etc/pebble/key.pem',
    httpPort: 80,
    tlsPort: 443,
    certificateValidityPeriod: 90 * 24 * 3600,
  },
})}
json
cat >/etc/systemd/system/pebble.service <<'unit'
[Service]
Environment=PEBBLE_VA_NOSLEEP=1
ExecStart=/usr/bin/pebble -config /etc/pebble/config.json -dnsserver ${names}
unit
systemctl daemon-reload`)
  const asks = 'curl -sSf --retry 20 --retry-connrefused --retry-delay 1 --cacert /etc/pebble/cert.pem'
  const count = async (line: string) =>
    Number(await run(`journalctl -u pebble -o cat --no-pager | grep -ciE '${line}' || :`))
  return {
    directory: `https://${address}:14000/dir`,
    authority: await run('cat /etc/pebble/cert.pem'),
    start: async () => void (await run(`systemctl start pebble && ${asks} https://${address}:14000/dir`)),
    stop: async () => void (await run('systemctl stop pebble')),
    root: async () => `${(await run(`${asks} https://${address}:15000/roots/0`)).trim()}\n`,
    issued: () => count('issued certificate serial'),
    ordered: () => count('added order'),
  }
}
