/** What builds of apps come to: the program that makes artifacts, the records of releases, and the door that hosts fetch from. */
import {
  directory,
  type Environment,
  file,
  type Host,
  pkg,
  probe,
  type ResourceList,
  timer,
  user,
} from 'copse'
import { serverCertificate, tlsOf } from '../tls.ts'

/** Where artifacts and records are; on a volume. */
export const artifactsPath = '/srv/artifacts'
export const artifactsPort = 8443

const account = 'ci-build'
/** Of packages that builds fetch. */
const cache = '/var/cache/ci-build'
const programs = '/usr/local/lib/copse/ci'
const tls = tlsOf('ci')

/** What nginx reloads for. */
export const artifactsFiles = { conf: '/etc/nginx/conf.d/artifacts.conf', certificate: tls.certificate }

export function hasArtifacts({ apps }: Environment): boolean {
  return apps.length > 0
}

/** It needs the package nginx. */
export function artifacts(host: Host): ResourceList {
  return [
    pkg('zstd'),
    user(account, { system: true, home: '/nonexistent', comment: 'CI builds of apps' }),
    // Builds see a directory of their own in its place.
    directory('/var/lib/ci-build', { mode: 0o700 }),
    directory(cache, { owner: account, group: account, mode: 0o700 }),
    // Debian clears it each day; what builds miss there they fetch again.
    file('/etc/tmpfiles.d/copse-ci-build.conf', { content: `e ${cache} - - - amAM:30d\n` }),
    ['', '/files', '/builds', '/reports', '/releases'].map((name) => directory(`${artifactsPath}${name}`)),
    ['build', 'pack', 'records'].map((name) => file(`${programs}/${name}`, { source: `./host/${name}.pl` })),
    timer('ci-prune', {
      command: `exec perl ${programs}/records prune`,
      onCalendar: 'daily',
      randomizedDelaySec: '1h',
      description: 'Removes artifacts that nobody needs any more',
    }),
    serverCertificate('ci', host),
    file(artifactsFiles.conf, {
      content: nginxForArtifacts(host.fqdn),
      validate: `printf 'events {}\\nhttp { include %s; }\\n' >nginx.conf && nginx -t -q -c "$PWD/nginx.conf"`,
    }),
  ]
}

/** Who knows the digest of an artifact may have it; no list is given. */
export function nginxForArtifacts(name: string): string {
  return `server {
  listen ${artifactsPort} ssl;
  server_name ${name};
  ssl_certificate ${tls.certificate};
  ssl_certificate_key ${tls.key};
  server_tokens off;
  access_log syslog:server=unix:/dev/log,nohostname;
  default_type application/octet-stream;

  location ~ "^/artifacts/([0-9a-f]{64}\\.(?:layers|tar\\.zst))$" {
    alias ${artifactsPath}/files/$1;
    limit_except GET {
      deny all;
    }
  }
  location / {
    return 404;
  }
}
`
}

export function artifactsProbes(host: Host) {
  const unknown = `https://${host.fqdn}:${artifactsPort}/artifacts/${'0'.repeat(64)}.layers`
  return [
    probe.unit(host, 'ci-prune.timer'),
    probe.tls(host, artifactsPort),
    probe.http(host, unknown, { status: 404, from: { host: host.name } }),
  ]
}
