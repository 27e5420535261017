/** Graphite's web application: draws and answers for what Carbon has, behind gunicorn on a socket file. */
import { command, file, type ResourceList, secret, unit } from 'copse'
import { hardened } from '../hardened.ts'
import { administrator } from './administrator.ts'
import { dataPath } from './carbon.ts'

const settingsPath = '/etc/graphite/local_settings.py'
const keyPath = '/etc/graphite/secret-key'
const migratePath = '/usr/local/lib/copse/graphite-migrate'

/** Where gunicorn listens. */
export const socketPath = '/run/graphite-web/socket'

/** What Python needs to find the settings. */
const variables = 'PYTHONPATH=/etc/graphite GRAPHITE_SETTINGS_MODULE=local_settings'

/** It needs the packages graphite-web and gunicorn. */
export function graphiteWeb(): ResourceList {
  const settings = file(settingsPath, { content: localSettings })
  const key = file(keyPath, {
    content: secret('graphite-key', { generate: 50 }),
    group: '_graphite',
    mode: 0o640,
  })
  return [
    settings,
    key,
    file(migratePath, { content: migrate, mode: 0o755 }),
    command(migratePath, {
      name: "bring Graphite's database up to date",
      unless: `${migratePath} --is-done`,
    }),
    administrator(),
    unit('graphite-web', { file: service, restartOn: [settings, key] }),
  ]
}

/** Only who is logged in may change anything, and nothing is logged twice: nginx and systemd keep the logs. */
const localSettings = `SECRET_KEY = open('${keyPath}').read()
TIME_ZONE = 'UTC'
DATABASES = {
    'default': {
        'NAME': '${dataPath}/graphite.db',
        'ENGINE': 'django.db.backends.sqlite3',
        'OPTIONS': {'timeout': 20},
    }
}
GRAPHITE_ROOT = '/usr/share/graphite-web'
CONF_DIR = '/etc/graphite'
STORAGE_DIR = '${dataPath}/whisper'
STATIC_ROOT = '/usr/share/graphite-web/static'
INDEX_FILE = '${dataPath}/search_index'
WHISPER_DIR = '${dataPath}/whisper'
CARBONLINK_HOSTS = ['127.0.0.1:7002']
CARBONLINK_TIMEOUT = 5.0
DASHBOARD_REQUIRE_AUTHENTICATION = True
SECURE_PROXY_SSL_HEADER = ('HTTP_X_FORWARDED_PROTO', 'https')
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
LOG_DIR = '/var/log/graphite'
LOG_FILE_INFO = '-'
LOG_FILE_EXCEPTION = '-'
LOG_FILE_CACHE = '-'
LOG_FILE_RENDERING = '-'
LOG_INFO_PERFORMANCE = False
`

/** Which versions brought the database to its form is noted beside it, since it outlives its machine. */
const migrate = `#!/bin/sh
# Brings Graphite's database to the form of the installed versions; --is-done: is it in that form?
set -eu
wanted=$(dpkg-query -W -f '\${Package} \${Version}\\n' graphite-web python3-django)
if [ "\${1-}" = --is-done ]; then
  [ -s ${dataPath}/graphite.db ] && [ "$wanted" = "$(cat ${dataPath}/migrated)" ]
  exit
fi
cd /
setpriv --reuid _graphite --regid _graphite --clear-groups \\
  env ${variables} graphite-manage migrate --noinput --run-syncdb
echo "$wanted" >${dataPath}/migrated
`

const service = `[Unit]
Description=Graphite's web application
After=network.target carbon-cache.service

[Service]
User=_graphite
RuntimeDirectory=graphite-web
Environment=${variables}
ExecStart=/usr/bin/gunicorn --bind unix:${socketPath} --umask 0 --workers 2 --timeout 60 --max-requests 5000 --max-requests-jitter 500 --worker-tmp-dir /dev/shm graphite.wsgi:application
ExecReload=/bin/kill -HUP $MAINPID
Restart=always
RestartSec=1
${hardened}
RestrictAddressFamilies=AF_INET AF_UNIX
ReadWritePaths=${dataPath} /var/log/graphite

[Install]
WantedBy=multi-user.target
`
