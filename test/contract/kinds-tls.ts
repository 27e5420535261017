/** What certificates must stand on a real machine. */
import { certificate, unit } from '../../src/index.ts'
import type { KindCase } from './kind-case.ts'

const tls = '/etc/copse/tls'
const host = { name: 'plain', machine: 'devplain', fqdn: 'devplain.kinds.internal', address: '127.0.0.1' }
const web = certificate('web', { host, names: ['localhost'], group: 'mail' })
const other = certificate('other', { host })

/** A server that must read its certificate again, and says each time that it did. */
const server = `[Service]
ExecStart=/bin/sleep infinity
ExecReload=/bin/sh -c 'openssl x509 -in ${tls}/web.crt -noout -serial >>/var/tmp/reloads'
[Install]
WantedBy=multi-user.target
`

const verifies = (name: string) =>
  `openssl verify -CAfile ${tls}/ca.crt -verify_hostname ${name} ${tls}/web.crt >/dev/null`
const fits = `test "$(openssl pkey -in ${tls}/web.key -pubout)" = "$(openssl x509 -in ${tls}/web.crt -noout -pubkey)"`
const access = `test "$(stat -Lc '%U %G %a' ${tls}/web.key ${tls}/web.pem ${tls}/web.crt | xargs)" = 'root mail 640 root mail 640 root root 644'`
const versions = `test "$(find ${tls}/.web -mindepth 1 | wc -l)" = 5`
const update = (why: string) => new RegExp(`^update certificate ${tls}/web.crt: ${why}`, 'm')

export const tlsCases: readonly KindCase[] = [
  {
    title: 'a certificate verifies by its names, fits its key, and both switch together',
    resources: [web, other],
    holds: [verifies('localhost'), verifies(host.fqdn), fits, access, versions].join(' && '),
    breaks: [
      { by: `chmod 644 ${tls}/web.key`, named: update('mode of web.pem is another, wanted 0640') },
      { by: `chown games ${tls}/web.key ${tls}/web.pem`, named: update('owner games, wanted root') },
      {
        by: `openssl ecparam -name prime256v1 -genkey -noout -out ${tls}/web.key`,
        named: update('the key does not fit'),
      },
      { by: `cat ${tls}/other.crt >${tls}/web.crt`, named: update('the key does not fit') },
      { by: `echo x >>${tls}/web.pem`, named: update('/etc/copse/tls/web.pem is another') },
      { by: `echo x >>${tls}/ca.crt`, named: update('ca.crt is not the authority') },
      {
        by: `rm ${tls}/web.key && cp ${tls}/other.key ${tls}/web.key`,
        named: update('web.key is not what copse'),
      },
      {
        by: `rm -r ${tls}/.web/now && mkdir -p ${tls}/.web/now/x`,
        named: update('web.crt is not what copse'),
      },
      {
        by: `mkdir ${tls}/.web/0123.new && rm ${tls}/web.pem && mkdir -p ${tls}/web.pem/x`,
        named: update('web.pem is'),
      },
      { by: `rm -r ${tls}`, named: new RegExp(`^create certificate ${tls}/web.crt`, 'm') },
    ],
    gone: `test ! -e ${tls}`,
  },
  {
    title: 'a certificate that is renewed reloads its unit once, also where the run was cut off between them',
    resources: [web, unit('copse-tls', { file: server, reloadOn: [`${tls}/web.crt`] })],
    before: 'rm -f /var/tmp/reloads',
    holds: `systemctl is-active copse-tls`,
    breaks: [
      {
        by: `rm -f /var/tmp/reloads; echo x >>${tls}/web.pem`,
        named: /^update unit copse-tls: reload: web.crt changes/m,
      },
      {
        by: `test "$(wc -l </var/tmp/reloads)" = 1; openssl x509 -in ${tls}/web.crt -noout -serial | cmp - /var/tmp/reloads; rm /var/lib/copse/stamps/copse-tls.service`,
        named: /^update unit copse-tls: .*it may still run with former settings/m,
      },
    ],
    gone: `test ! -e ${tls} && ! systemctl is-active copse-tls && rm -f /var/tmp/reloads`,
  },
]
