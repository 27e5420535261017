/** npm for builds, with Debian's Node.js. */
import { directory, file, type Host, link, pkg, type ResourceList, unit } from 'copse'

const codePath = '/usr/local/lib/copse/ci'
const programPath = `${codePath}/bring-npm`
const home = '/var/lib/ci-npm'

const version = '10.9.9'
/** Of what the registry gives for it. */
const sha256 = 'c80bd097147cce32e31010b791bab8c71a26a5e10668210ec9d2e7f4c7cea2a1'

/**
 * As its makers give it, by its digest: Debian's package of npm is 340 packages, which take longer than all else on a CI host.
 * Node.js brings Corepack, which fetches it, but for that of Debian 12. It is a part of images.
 */
export function npm({ debian }: Pick<Host, 'debian'>): ResourceList {
  if (debian === 12) return [pkg('npm')]
  return [
    pkg('nodejs'),
    directory(codePath),
    file(programPath, { source: './host/bring-npm' }),
    unit('ci-npm', { file: service, enabled: false, restartOn: [programPath] }),
    ['npm', 'npx'].map((name) => link(`/usr/local/bin/${name}`, `${home}/npm/${version}/bin/${name}-cli.js`)),
  ]
}

const service = `[Unit]
Description=Brings npm for builds

[Service]
Type=oneshot
StateDirectory=ci-npm
Environment=COREPACK_HOME=${home}
ExecStart=/bin/sh ${programPath} ${version} ${sha256}
`
