/** The shell that puts a certificate and its key in place together, gives them away and removes them. */
import { lines, type Shell, sh } from '../lib/shell.ts'
import type { CertificateSpec } from './certificate.ts'
import { type Step, step } from './kind.ts'
import { grant } from './on-disk.ts'
import { octal } from './words.ts'

/** Where all certificates of a host are. */
export const tlsDirectory = '/etc/copse/tls'

/** What programs are told to read; each is a link through `now`, which leads to the directory of the present version. */
export function placesOf(name: string): Readonly<Record<'crt' | 'key' | 'pem', string>> {
  const base = `${tlsDirectory}/${name}`
  return { crt: `${base}.crt`, key: `${base}.key`, pem: `${base}.pem` }
}

/** The key's permission bits: its group reads it where it has one of its own. */
export function keyMode({ group }: Pick<CertificateSpec, 'group'>): number {
  return group === 'root' ? 0o600 : 0o640
}

function versionsOf(name: string): string {
  return `${tlsDirectory}/.${name}`
}

/**
 * The payloads key, crt and pem become one version, which takes the place of the former by the renaming of one link: whoever
 * reads, at whatever moment, and whatever is killed, finds a key with its certificate.
 */
export function replaceCertificate(wanted: CertificateSpec): Shell {
  const { name, owner, group } = wanted
  const versions = versionsOf(name)
  return lines([
    sh`( umask 022; mkdir -p ${versions} )
find ${versions} -mindepth 1 -maxdepth 1 -name '*.new' -exec rm -rf {} +
version=$(sha256sum <crt | cut -c 1-16)
place=${versions}/$version
chmod 0644 crt ca
chown ${`${owner}:${group}`} key pem
chmod ${octal(keyMode(wanted))} key pem
mkdir -m 755 "$place.new"
for part in key crt pem; do cp -T --preserve=mode,ownership "$part" "$place.new/$part"; done
sync "$place.new/key" "$place.new/crt" "$place.new/pem" "$place.new"
rm -rf "$place"
mv -T "$place.new" "$place"`,
    sh`rm -rf ${`${tlsDirectory}/.ca.new`}
cp -T --preserve=mode ca ${`${tlsDirectory}/.ca.new`}
sync ${`${tlsDirectory}/.ca.new`}
${clearDirectory(`${tlsDirectory}/ca.crt`)}
mv -fT ${`${tlsDirectory}/.ca.new`} ${`${tlsDirectory}/ca.crt`}`,
    sh`${clearDirectory(`${versions}/now`)}
ln -s "$version" ${`${versions}/now.new`}
mv -fT ${`${versions}/now.new`} ${`${versions}/now`}
sync ${versions}`,
    ...Object.entries(placesOf(name)).map(([part, path]) => linkTo(`.${name}/now/${part}`, path)),
    sh`sync ${tlsDirectory}
find ${versions} -mindepth 1 -maxdepth 1 -type d ! -name "$version" -exec rm -rf {} +`,
  ])
}

/** What is a directory by hand cannot be renamed over. */
function clearDirectory(path: string): Shell {
  return sh`if [ -d ${path} ] && [ ! -L ${path} ]; then rm -rf --one-file-system ${path}; fi`
}

function linkTo(target: string, path: string): Shell {
  const next = `${path}.new`
  return sh`if [ "$(readlink ${path} || :)" != ${target} ]; then
  rm -rf ${next}
  ${clearDirectory(path)}
  ln -s ${target} ${next}
  mv -fT ${next} ${path}
fi`
}

/** The same key for others. */
export function regrant(wanted: CertificateSpec): Step {
  const { name, owner, group } = wanted
  const access = { owner, group, mode: keyMode(wanted) }
  return step(...['key', 'pem'].map((part) => grant(`${versionsOf(name)}/now/${part}`, access)))
}

/** With the last one the authority goes too. */
export function removeCertificate(key: string): Step {
  const name = new RegExp(`^${tlsDirectory}/([a-z0-9-]+)\\.crt$`).exec(key)?.[1]
  if (name === undefined) return step()
  return step(
    sh`rm -rf --one-file-system ${Object.values(placesOf(name))} ${versionsOf(name)}
others=
for one in ${tlsDirectory}/*.pem; do if [ -L "$one" ]; then others=yes; fi; done
if [ -z "$others" ]; then
  rm -f ${`${tlsDirectory}/ca.crt`} ${`${tlsDirectory}/.ca.new`}
  if [ -d ${tlsDirectory} ]; then rmdir --ignore-fail-on-non-empty ${tlsDirectory}; fi
fi`,
  )
}
