/** The configuration of an nginx of its own that takes files in and gives back those that are kept. Pure. */
import type { ServerTls } from '../tls.ts'

/** Where all of it is: `in/HOST` arrives, `HOST` is kept. */
export const root = '/srv/backups'

export interface BackupsServer {
  readonly address: string
  readonly port: number
  readonly tls: Pick<ServerTls, 'certificate' | 'key'>
}

/** A host sees only what it brought itself; a dump takes as long and as much as it takes. */
export function nginxForBackups({ address, port, tls }: BackupsServer): string {
  return `user www-data;
worker_processes 1;
pid /run/copse-backups.pid;
error_log stderr warn;
events {
  worker_connections 64;
}
http {
  access_log off;
  server_tokens off;
  # Beside the place where it goes: a file that is whole gets its name in one step.
  client_body_temp_path ${root}/in/.body;
  client_max_body_size 0;
  client_body_timeout 15m;
  server {
    listen ${address}:${port} ssl;
    ssl_certificate ${tls.certificate};
    ssl_certificate_key ${tls.key};
    auth_basic backups;
    auth_basic_user_file users;
    location ~ "^/in/([a-z0-9_-][a-z0-9_.-]*)$" {
      alias ${root}/in/$remote_user/$1;
      dav_methods PUT;
      limit_except PUT {
        deny all;
      }
    }
    location ~ "^/kept/([a-z0-9_-][a-z0-9_.-]*)$" {
      alias ${root}/$remote_user/$1;
      limit_except GET {
        deny all;
      }
    }
    location = /kept/ {
      alias ${root}/$remote_user/;
      autoindex on;
      autoindex_format json;
      limit_except GET {
        deny all;
      }
    }
    location / {
      return 404;
    }
  }
}
`
}
