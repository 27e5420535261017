/** What nginx serves on the host of metrics: the starter page, Graphite's own files, and the application behind it. Pure. */
import type { ServerTls } from '../tls.ts'
import { socketPath } from './graphite-web.ts'

/** Where the pages of copse are. */
export const pagesPath = '/usr/local/share/copse/metrics'

export interface MetricsServer {
  /** The host's full name. */
  readonly name: string
  /** Of https. */
  readonly port: number
  /** Of plain http. */
  readonly render: number
  readonly tls: Pick<ServerTls, 'certificate' | 'key'>
}

/** Of every server here, wherever it listens. */
const common = `charset utf-8;
  server_tokens off;
  access_log syslog:server=unix:/dev/log,nohostname;
  client_max_body_size 1m;
  proxy_set_header Host $http_host;
  proxy_set_header X-Forwarded-For $remote_addr;
  proxy_set_header X-Forwarded-Proto $scheme;
  proxy_read_timeout 60s;`

/**
 * Servers of their own beside others, in nginx's `http`. The application tells by itself who may save what. Passwords and
 * cookies are only taken over https; programs without TLS, such as the probe of StatsD, read figures over http.
 */
export function nginxServer(settings: MetricsServer): string {
  return `upstream graphite {
  server unix:${socketPath};
}

${plainServer(settings)}
${secureServer(settings)}`
}

function plainServer({ name, port, render }: MetricsServer): string {
  return `server {
  listen ${render} default_server;
  server_name ${name};
  ${common}

  location = /render {
    limit_except GET {
      deny all;
    }
    proxy_pass http://graphite;
  }
  location / {
    return 308 https://$host${port === 443 ? '' : `:${port}`}$request_uri;
  }
}
`
}

function secureServer({ name, port, tls }: MetricsServer): string {
  return `server {
  listen ${port} ssl default_server;
  server_name ${name};
  ssl_certificate ${tls.certificate};
  ssl_certificate_key ${tls.key};
  ssl_protocols TLSv1.2 TLSv1.3;
  ${common}

  root ${pagesPath};
  location = / {
    add_header Content-Security-Policy "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'" always;
    try_files /index.html =404;
  }
  location ~ ^/(day|month)\\.html$ {
    add_header Content-Security-Policy "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'" always;
  }

  location /static/ {
    alias /usr/share/graphite-web/static/;
  }
  location /static/admin/ {
    alias /usr/lib/python3/dist-packages/django/contrib/admin/static/admin/;
  }

  # Nobody needs to log in to read. These are asked by POST too, or ask who it is before they change anything.
  location ~ ^/(render|metrics|composer|account|admin|dashboard/(save|delete|load|find|login)) {
    proxy_pass http://graphite;
  }
  # Events, tags and lists of series could be changed by anybody, and short links saved by reading.
  location / {
    limit_except GET {
      deny all;
    }
    proxy_pass http://graphite;
  }
  location /s/ {
    return 403;
  }
}
`
}
