/** The way in: nginx before the master. Everybody on the LAN may read; who starts builds shows credentials. */
import { directory, file, type ResourceList, secret, secretText, unit } from 'copse'
import { pagePath, socketPath } from './master.ts'

const confPath = '/etc/nginx/conf.d/ci.conf'
/** What is known of builds of apps besides: their tests. */
const summariesPath = '/srv/artifacts/pages/builds.json'
const passwordPath = '/etc/copse/ci/api-password'
const usersPath = '/etc/copse/ci/api-users'

/** It needs the package nginx and the directory of the master's settings. nginx reloads for these files besides. */
export function page(port: number, reloadOn: readonly string[] = []): ResourceList {
  const password = secret('ci-api', { generate: 32 })
  return [
    file(passwordPath, { content: password }),
    file(usersPath, { content: secretText`ci:{PLAIN}${password}\n`, group: 'www-data', mode: 0o640 }),
    file('/usr/local/bin/ci-run', { template: './host/ci-run', values: { port }, mode: 0o755 }),
    ['page.css', 'page.js'].map((name) => file(`${pagePath}/${name}`, { source: `./host/page/${name}` })),
    // Debian's own site would be a second default on the same port.
    directory('/etc/nginx/sites-enabled', { exclusive: true }),
    file(confPath, {
      content: nginxServer(port),
      validate: `printf 'events {}\\nhttp { include %s; }\\n' >nginx.conf && nginx -t -q -c "$PWD/nginx.conf"`,
    }),
    unit('nginx', { reloadOn: [confPath, ...reloadOn] }),
  ]
}

/** Change hooks are told by GET as well as by POST; all else changes something by POST alone. */
export function nginxServer(port: number): string {
  return `upstream ci {
  server unix:${socketPath};
}

server {
  listen ${port} default_server;
  include /etc/nginx/mime.types;
  charset utf-8;
  server_tokens off;
  access_log syslog:server=unix:/dev/log,nohostname;
  client_max_body_size 1m;
  auth_basic_user_file ${usersPath};
  proxy_set_header Host $http_host;
  proxy_set_header Authorization "";

  location / {
    root ${pagePath};
    add_header Content-Security-Policy "default-src 'self'" always;
    add_header X-Content-Type-Options nosniff always;
    try_files $uri $uri/ =404;
  }
  location = /builds.json {
    alias ${summariesPath};
  }
  location /api/ {
    limit_except GET {
      auth_basic "CI";
    }
    proxy_pass http://ci;
  }
  location /change_hook/ {
    auth_basic "CI";
    proxy_pass http://ci;
  }
}
`
}
