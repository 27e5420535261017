import { expect, test } from 'vitest'
import { nginxConf } from './nginx.ts'

test('each answer says which machine gave it', () => {
  expect(nginxConf({ port: 80, root: '/var/www/copse', machine: 'devweb1' })).toMatchInlineSnapshot(`
    "user www-data;
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
        listen 80 default_server;
        root /var/www/copse;
        add_header X-Served-By devweb1 always;

        location = /healthz {
          access_log off;
          default_type text/plain;
          return 200 "ok\\n";
        }
      }
    }
    "
  `)
})

test('static files of an app are kept for ever, also by pages of another name, but not that one is missing', () => {
  const text = nginxConf({ port: 80, root: '/var/www/copse', machine: 'devweb1', apps: ['www'] })
  expect(text.slice(text.indexOf('    location ^~'))).toMatchInlineSnapshot(`
    "    location ^~ /www/ {
          alias /srv/apps/www/assets/;
          try_files $uri =404;
          add_header X-Served-By devweb1 always;
          add_header Cache-Control "public, max-age=31536000, immutable";
          add_header X-Content-Type-Options nosniff always;
          add_header Access-Control-Allow-Origin *;
        }
      }
    }
    "
  `)
})
