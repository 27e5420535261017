/** The whole configuration of nginx: one static site that says which machine served it. */

export interface NginxSettings {
  readonly port: number
  /** Directory of the files. */
  readonly root: string
  /** The machine's own name, told in each response. */
  readonly machine: string
}

/** `/etc/nginx/nginx.conf`, with no other site: Debian's default one is not included. */
export function nginxConf({ port, root, machine }: NginxSettings): string {
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
  }
}
`
}
