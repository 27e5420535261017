/** What stood at a path before copse: kept on the host, and put back when copse lets go. */
import { sha256 } from '../lib/digest.ts'
import { lines, type Shell, sh } from '../lib/shell.ts'
import { parentOf, temporaryOf } from './on-disk.ts'

const store = sh`"\${COPSE_VAR:-/var/lib/copse}"/original`

/** Where a path's original is kept; long paths are cut short, because a file name has at most 255 bytes. */
function keptAt(path: string): Shell {
  const name = encodeURIComponent(path)
  return sh`${store}/${name.length <= 200 ? name : `${name.slice(0, 120)}-${sha256(path)}`}`
}

interface Keeping {
  /** Of a directory only owner and mode are kept, unless this says so. */
  readonly whole: boolean
}

/** For `prepare`: keeps what stands at a path that copse does not own yet, and forgets what was kept in former days. */
export function keepOriginal(path: string, keeping: Keeping = { whole: false }): Shell {
  return lines([sh`set --`, keep(path, keeping), write])
}

/** The same for several things of a kind that are changed in one step. */
export function keepOriginals(kind: string, paths: readonly string[]): Shell {
  const keepOne = (
    path: string,
  ) => sh`case $all in *${`\n${kind}\t${path}\n`}*) COPSE_OWNED=yes ;; *) COPSE_OWNED= ;; esac
${keep(path, { whole: false })}`
  return lines([sh`all=${'\n'}$COPSE_OWNED${'\n'}\nset --`, ...paths.map(keepOne), write])
}

/** What is kept is added to the words of the script. */
function keep(path: string, { whole }: Keeping): Shell {
  const kept = keptAt(path)
  const directory = whole
    ? sh`cp -aT ${path} ${kept}`
    : sh`mkdir -m 700 ${kept}; chown --reference=${path} ${kept}; chmod --reference=${path} ${kept}`
  return sh`if [ -z "$COPSE_OWNED" ]; then
  [ -d ${store} ] || install -d -m 700 ${store}
  if [ -e ${kept} ] || [ -L ${kept} ]; then rm -rf ${kept}; fi
  if [ -d ${path} ] && [ ! -L ${path} ]; then
    ${directory}
    sync -f ${store}
  elif [ -L ${path} ]; then
    cp -aT ${path} ${kept}
    set -- "$@" ${store}
  elif [ -e ${path} ]; then
    cp -aT ${path} ${kept}
    set -- "$@" ${kept}
  fi
fi`
}

/** All of them at once: a process takes longer than a file. */
const write = sh`if [ "$#" -gt 0 ]; then sync "$@" ${store}; fi`

/**
 * Puts the original back in place of what copse made there, or removes that where there was nothing before.
 * The kept copy stays, so that a removal that is cut off can be done again.
 */
export function putBack(path: string): Shell {
  const kept = keptAt(path)
  const next = temporaryOf(path)
  return sh`rm -rf ${next}
if [ -e ${kept} ] || [ -L ${kept} ]; then
  trap ${sh`rm -rf ${next}`.shell} EXIT
  cp -aT ${kept} ${next}
  if [ ! -L ${next} ]; then sync ${next}; fi
  if [ -d ${path} ] || [ -d ${next} ]; then rm -rf --one-file-system ${path}; fi
  mv -fT ${next} ${path}
else
  rm -rf --one-file-system ${path}
fi
sync ${parentOf(path)}`
}

/**
 * Gives a directory that stood there before copse its owner and mode back, and what else stood there its place;
 * a directory that copse made goes when it is empty.
 */
export function putBackDirectory(path: string): Shell {
  const kept = keptAt(path)
  return sh`if [ -d ${kept} ] && [ ! -L ${kept} ]; then
  chown --reference=${kept} ${path}
  chmod --reference=${kept} ${path}
elif rmdir --ignore-fail-on-non-empty ${path} && [ ! -e ${path} ]; then
  ${putBack(path)}
fi`
}

/** For `prepare`: notes that there was no file before copse, for kinds that change only a part of it. */
export function noteAbsence(path: string): Shell {
  return sh`if [ -z "$COPSE_OWNED" ] && [ ! -e ${path} ] && [ ! -L ${path} ]; then
  install -d -m 700 ${store}
  : >${keptAt(path)}:absent
fi`
}

/** Runs `then` where there was no file before copse. */
export function whereAbsent(path: string, then: Shell, otherwise: Shell): Shell {
  return sh`if [ -e ${keptAt(path)}:absent ]; then
  ${then}
  rm -f ${keptAt(path)}:absent
else
  ${otherwise}
fi`
}
