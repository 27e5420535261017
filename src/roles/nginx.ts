/** The whole configuration of nginx: one static site that says which machine served it, and static files of apps. */

export interface NginxSettings {
  readonly port: number
  /** Directory of the files. */
  readonly root: string
  /** The machine's own name, told in each response. */
  readonly machine: string
  /** Apps whose static files are given out, by name. */
  readonly apps?: readonly string[]
}

/** `/etc/nginx/nginx.conf`, with no other site: Debian's default one is not included. */
export function nginxConf({ port, root, machine, apps = [] }: NginxSettings): string {
  return `user www-data;
worker_processes auto;
pid /run/nginx.pid;
error_log syslog:server=unix:/dev/log,nohostname;
include /etc/nginx/modules-enabled/*.conf;

events {
  worker_connections 1024;
}

http {
  include /etc/nginx/mime.types;
  default_type application/octet-stream;
  charset utf-8;
  sendfile on;
  server_tokens off;
  access_log syslog:server=unix:/dev/log,nohostname;
  include /etc/nginx/conf.d/*.conf;

  server {
    listen ${port} default_server;
    root ${root};
    add_header X-Served-By ${machine} always;

    location = /healthz {
      access_log off;
      default_type text/plain;
      return 200 "ok\\n";
    }
${apps.map((app) => assets(app, machine)).join('')}  }
}
`
}

/**
 * Their names change with their content, so that they are kept for ever; what is missing may come with the next release, and
 * is not. Pages of another name may use them: browsers ask for fonts and modules only where that is allowed.
 */
function assets(app: string, machine: string): string {
  return `
    location ^~ /${app}/ {
      alias /srv/apps/${app}/assets/;
      try_files $uri =404;
      add_header X-Served-By ${machine} always;
      add_header Cache-Control "public, max-age=31536000, immutable";
      add_header X-Content-Type-Options nosniff always;
      add_header Access-Control-Allow-Origin *;
    }
`
}
