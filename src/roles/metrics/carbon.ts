/** Carbon: receives values line by line, keeps the newest in memory and writes them to one Whisper file a series. */
import { command, directory, file, type ResourceList, timer, unit } from 'copse'
import { daysKept, flush, parseRetention } from './retention.ts'

const confPath = '/etc/carbon/carbon.conf'
const schemasPath = '/etc/carbon/storage-schemas.conf'
const aggregationPath = '/etc/carbon/storage-aggregation.conf'

/** Where Graphite's data is. */
export const dataPath = '/var/lib/graphite'
const whisperPath = `${dataPath}/whisper`

/** Carbon on one address. It needs the package graphite-carbon. */
export function carbon(address: string, retention: string): ResourceList {
  return [
    data(),
    file(schemasPath, { content: storageSchemas(retention) }),
    file(aggregationPath, { content: storageAggregation }),
    file(confPath, { content: carbonConf(address) }),
    unit('carbon-cache', { file: service, restartOn: [confPath, schemasPath, aggregationPath] }),
    prune(retention),
  ]
}

/** On a volume there is nothing at first; later there is what a former machine wrote, whose account may have had another number. */
function data(): ResourceList {
  return [
    command(`chown -hR _graphite:_graphite ${dataPath}`, {
      name: `give ${dataPath} to _graphite`,
      unless: `! [ -e ${whisperPath} ] || [ "$(stat -c %U ${whisperPath})" = _graphite ]`,
    }),
    [dataPath, whisperPath].map((path) => directory(path, { owner: '_graphite', group: '_graphite' })),
  ]
}

/** Every value has a place of its own on the finest ring, so none replaces another. */
export function storageSchemas(retention: string): string {
  return `[all]\npattern = .*\nretentions = ${retention.replaceAll(' ', '')}\n`
}

/** How finer points become a coarser one; a series that is seldom written keeps what there is (xFilesFactor 0). */
export const storageAggregation: string = [
  ['count', String.raw`\.count$`, 'sum'],
  ['sum', String.raw`\.sum(_\d+)?$`, 'sum'],
  ['upper', String.raw`\.upper(_\d+)?$`, 'max'],
  ['lower', String.raw`\.lower(_\d+)?$`, 'min'],
  ['other', '.*', 'average'],
]
  .map(([name, pattern, method]) =>
    [`[${name}]`, `pattern = ${pattern}`, 'xFilesFactor = 0', `aggregationMethod = ${method}`, ''].join('\n'),
  )
  .join('\n')

/**
 * Each series' first value counts, so new ones are not held back until there are ten thousand in a minute: names that
 * are made up without end are to fill neither disk nor memory at once.
 */
export function carbonConf(address: string): string {
  return `[cache]
STORAGE_DIR = ${dataPath}/
LOCAL_DATA_DIR = ${whisperPath}/
CONF_DIR = /etc/carbon/
LOG_DIR = /var/log/carbon/
PID_DIR = /run/carbon/
DATABASE = whisper
LINE_RECEIVER_INTERFACE = ${address}
LINE_RECEIVER_PORT = 2003
ENABLE_UDP_LISTENER = False
PICKLE_RECEIVER_PORT = 0
CACHE_QUERY_INTERFACE = 127.0.0.1
CACHE_QUERY_PORT = 7002
MAX_CACHE_SIZE = 5000000
USE_FLOW_CONTROL = True
CACHE_WRITE_STRATEGY = sorted
MAX_UPDATES_PER_SECOND = 2000
MAX_CREATES_PER_MINUTE = 10000
WHISPER_FALLOCATE_CREATE = True
CARBON_METRIC_INTERVAL = ${flush}
LOG_UPDATES = False
LOG_CREATES = False
LOG_LISTENER_CONN_SUCCESS = False
LOG_LISTENER_CONN_LOST = False
`
}

/** In the foreground, where systemd sees it end; what is in memory is written before it does. */
const service = `[Unit]
Description=Graphite Carbon Cache
After=network-online.target
Wants=network-online.target
StartLimitIntervalSec=0

[Service]
User=_graphite
RuntimeDirectory=carbon
ExecStart=/usr/bin/carbon-cache --config=${confPath} --pidfile=/run/carbon/cache.pid --nodaemon start
Restart=always
RestartSec=1
TimeoutStopSec=60
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
RestrictAddressFamilies=AF_INET AF_UNIX
ReadWritePaths=${dataPath}

[Install]
WantedBy=multi-user.target
`

/** A file that nobody wrote to for so long holds nothing any more. */
function prune(retention: string): ResourceList {
  const archives = parseRetention(retention)
  const days = typeof archives === 'string' ? 0 : daysKept(archives)
  return timer('graphite-prune', {
    description: 'Removes series that have no values left',
    command: `find ${whisperPath} -name '*.wsp' -mtime +${days} -delete; find ${whisperPath} -mindepth 1 -type d -empty -mmin +60 -delete`,
    onCalendar: 'daily',
    randomizedDelaySec: '1h',
    user: '_graphite',
  })
}
