/** What nginx serves on the host of metrics: the starter page, Graphite's own files, and the application behind it. Pure. */
import { socketPath } from './graphite-web.ts'

/** Where the pages of copse are. */
export const pagesPath = '/usr/local/share/copse/metrics'

/** A server of its own beside others, in nginx's `http`. The application tells by itself who may save what. */
export function nginxServer(port: number): string {
  return `upstream graphite {
  server unix:${socketPath};
}

server {
  listen ${port} default_server;
  charset utf-8;
  server_tokens off;
  access_log syslog:server=unix:/dev/log,nohostname;
  client_max_body_size 1m;
  proxy_set_header Host $http_host;
  proxy_set_header X-Forwarded-For $remote_addr;
  proxy_set_header X-Forwarded-Proto $scheme;
  proxy_read_timeout 60s;

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
