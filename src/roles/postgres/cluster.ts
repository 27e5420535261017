/** The one cluster of a host: which version, where it is, and how it is made without ever touching another one. */
import { command, type Host, type ResourceList } from 'copse'

/** Where everything of it is kept: a volume, so that a new machine finds the data of the one before. */
export const volume = '/var/lib/postgresql'

/** What is known of a host's cluster. */
export interface Cluster {
  /** Debian 13 brings 17, Debian 12 brings 15. */
  readonly version: 15 | 17
  /** As Debian's own tools call it. */
  readonly unit: string
  readonly data: string
  /** Where Debian's tools look for its settings. */
  readonly settings: string
}

export function clusterOf({ debian }: Pick<Host, 'debian'>): Cluster {
  const version = debian === 12 ? 15 : 17
  return {
    version,
    unit: `postgresql@${version}-main`,
    data: `${volume}/${version}/main`,
    settings: `/etc/postgresql/${version}/main`,
  }
}

/** Since 17 PostgreSQL sorts text by itself: an upgrade of the C library cannot break an index. */
function localeOf({ version }: Cluster): string {
  return version === 15 ? '--locale=C.UTF-8' : '--locale-provider=builtin --locale=C.UTF-8'
}

/**
 * Made under another name and moved when it is whole: what has its name is a cluster, and is never made again. One of
 * another version beside it would leave the host with an empty database, so somebody has to decide.
 */
export function makeCluster(cluster: Cluster): ResourceList {
  const { version, data } = cluster
  const make = command(
    `umask 022
cd /
chown postgres:postgres ${volume}
chmod 755 ${volume}
for found in ${volume}/*/*/PG_VERSION ${data}; do
  [ -e "$found" ] || continue
  echo "$found is there already, and is no cluster of PostgreSQL ${version}: move it away, then restore its dump" >&2
  exit 1
done
as_postgres() { setpriv --reuid=postgres --regid=postgres --init-groups -- "$@"; }
rm -rf ${data}.new
as_postgres mkdir -p -m 700 ${data}.new
as_postgres /usr/lib/postgresql/${version}/bin/initdb --pgdata=${data}.new --data-checksums --no-sync \\
  --encoding=UTF8 ${localeOf(cluster)} --auth-local=peer --auth-host=scram-sha-256 >/dev/null
# At once, instead of file by file.
sync -f ${data}.new
mv -T ${data}.new ${data}
sync ${volume}/${version}`,
    { name: `make the cluster ${version}/main`, creates: `${data}/PG_VERSION` },
  )
  return [make]
}
