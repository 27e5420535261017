/** Graphite's web application: draws and answers for what Carbon has, behind gunicorn on a socket file. */
import { command, file, mask, type ResourceList, secret, unit } from 'copse'
import { hardened } from '../hardened.ts'
import { administrator } from './administrator.ts'
import { dataPath } from './carbon.ts'

const settingsPath = '/etc/graphite/local_settings.py'
const keyPath = '/etc/graphite/secret-key'
const migratePath = '/usr/local/lib/copse/graphite-migrate'
const seedPath = '/var/lib/graphite-seed'

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
    unit('graphite-seed', { file: seedService, enabled: false, restartOn: [migratePath] }),
    command(migratePath, {
      name: "bring Graphite's database up to date",
      unless: `${migratePath} --is-done`,
    }),
    administrator(),
    unit('graphite-web', { file: service, restartOn: [settings, key] }),
    // For a search of the composer that needs no index, each hour from the next boot on.
    mask('graphite_build_search_index.timer'),
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

/**
 * Which versions brought the database to its form is noted beside it, since it outlives its machine. To make one takes Django
 * some seconds, so an empty one is a part of images, where no secret is at hand.
 */
const migrate = `#!/bin/sh
# Brings Graphite's database to the form of the installed versions; --is-done: is it in that form? --seed: makes an empty one here.
set -eu
wanted=$(dpkg-query -W -f '\${Package} \${Version}\\n' graphite-web python3-django)
if [ "\${1-}" = --is-done ]; then
  [ -s ${dataPath}/graphite.db ] && [ "$wanted" = "$(cat ${dataPath}/migrated)" ]
  exit
fi
if [ "\${1-}" = --seed ]; then
  rm -f graphite.db versions
  database="{'default': {'NAME': '$PWD/graphite.db', 'ENGINE': 'django.db.backends.sqlite3'}}"
  printf '%s\\n' "SECRET_KEY = 'none'" "LOG_DIR = '$PWD'" "STORAGE_DIR = '$PWD'" "DATABASES = $database" >local_settings.py
  PYTHONPATH=$PWD GRAPHITE_SETTINGS_MODULE=local_settings graphite-manage migrate --noinput --run-syncdb
  echo "$wanted" >versions
  exit
fi
cd /
as_graphite() { setpriv --reuid _graphite --regid _graphite --clear-groups "$@"; }
if ! [ -e ${dataPath}/graphite.db ] && [ "$wanted" = "$(cat ${seedPath}/versions)" ]; then
  as_graphite cp ${seedPath}/graphite.db ${dataPath}/graphite.db.new
  mv ${dataPath}/graphite.db.new ${dataPath}/graphite.db
else
  as_graphite env ${variables} graphite-manage migrate --noinput --run-syncdb
fi
echo "$wanted" >${dataPath}/migrated
`

const seedService = `[Unit]
Description=Empty database of Graphite's web application

[Service]
Type=oneshot
User=_graphite
StateDirectory=graphite-seed
WorkingDirectory=${seedPath}
ExecStart=${migratePath} --seed
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
