/** A tree of files unpacked from an archive. */
import { z } from 'zod'
import { type Shell, sh } from '../lib/shell.ts'
import type { Resource } from '../model/resource.ts'
import { type Change, defineKind, type Found, type KindDefinition, makeResource, step } from './kind.ts'
import {
  clearTemporary,
  makeParent,
  observePaths,
  ownership,
  parentOf,
  standingPath,
  temporaryOf,
} from './on-disk.ts'
import { keepOriginal, putBack } from './original.ts'
import { besideCaller, sourceReference } from './sources.ts'

/** Says, in the tree itself, which archive it came from and how it was unpacked. */
const stampName = '.copse-archive'

const spec = z.strictObject({
  path: standingPath,
  source: sourceReference,
  ...ownership,
  strip: z.int().min(0).max(50).default(0),
})

type Spec = z.output<typeof spec>

const definition: KindDefinition<Spec> = {
  name: 'archive',
  spec,
  key: ({ path }) => path,
  intent: ({ source, ...wanted }) => ({ ...wanted, digest: source.digest ?? source.file }),
  imageNeeds: () => [],
  observe: observePaths(`
for my $thing (@things) {
  my $stamp = "$thing->{path}/${stampName}";
  push @{$thing->{fields}}, "stamp=" . enc(slurp($stamp) =~ s/\\n\\z//r) if -f $stamp && !-l $stamp;
}
`),
  diff,
  apply: (wanted) => ({
    prepare: keepOriginal(wanted.path, { whole: true }),
    script: unpack(wanted),
    payloads: { archive: { file: wanted.source.file, digest: digestOf(wanted) } },
  }),
  // A tree without the stamp is not what copse made.
  remove: (path) => step(sh`if [ -f ${`${path}/${stampName}`} ]; then`, putBack(path), sh`fi`),
}

function diff(wanted: Spec, found: Found | undefined): Change | undefined {
  if (!found) return { action: 'create', why: [] }
  if (found.type !== 'directory')
    return { action: 'replace', why: [`is a ${found.type}, wanted a directory`] }
  if (found.stamp === undefined) return { action: 'replace', why: ['does not come from an archive'] }
  const [digest, access, strip] = found.stamp.split(' ')
  const why = [
    ...(digest === digestOf(wanted) ? [] : ['comes from another archive']),
    ...(access === accessOf(wanted) ? [] : [`of ${access}, wanted ${accessOf(wanted)}`]),
    ...(strip === String(wanted.strip) ? [] : [`${strip} leading names stripped, wanted ${wanted.strip}`]),
  ]
  return why.length > 0 ? { action: 'update', why } : undefined
}

function digestOf({ path, source }: Spec): string {
  if (source.digest === undefined) throw new TypeError(`the source of archive ${path} was not read`)
  return source.digest
}

function accessOf({ owner, group }: Spec): string {
  return `${owner}:${group}`
}

/** The tree is made under a closed directory beside its place and takes it by renaming. */
function unpack(wanted: Spec): Shell {
  const { path } = wanted
  const next = temporaryOf(path)
  const stamp = `${digestOf(wanted)} ${accessOf(wanted)} ${wanted.strip}`
  return sh`refuse() { echo ${`${path}: the archive holds `}"$1"${', which copse does not unpack'} >&2; exit 1; }
${refuseEntries}
${makeParent(path)}
${clearTemporary(path)}
mkdir -m 700 ${next}
mkdir ${`${next}/tree`}
tar -xf archive -C ${`${next}/tree`} --no-same-owner --no-same-permissions --strip-components=${wanted.strip}
tree=$(realpath ${`${next}/tree`})
${refuseTree}
chown -hR ${accessOf(wanted)} "$tree"
chmod 755 "$tree"
rm -rf "$tree"/${stampName}
echo ${stamp} >"$tree"/${stampName}
sync -f "$tree"
if [ -e ${path} ] || [ -L ${path} ]; then mv -T ${path} ${`${next}/old`}; fi
if ! mv -T "$tree" ${path}; then mv -T ${`${next}/old`} ${path}; exit 1; fi
sync ${parentOf(path)}`
}

/** What the list of entries tells: escaped names are one line each and keep their slashes and dots. */
const refuseEntries: Shell = {
  shell: `tar -tPf archive --quoting-style=escape >names
if grep -Eq '^/|(^|/)[.][.](/|$)' names; then refuse 'a name outside of its tree'; fi
tar -tvPf archive --quoting-style=escape >entries
if grep -q '^[^dlh-]' entries; then refuse 'a device or a pipe'; fi
if grep -Eq '^.(..|.....)[sS]' entries; then refuse 'a setuid or setgid entry'; fi`,
}

/** Where links lead is only known once all of them are there: one may go through another. */
const refuseTree: Shell = {
  shell: `if [ -n "$(find "$tree" ! -type f ! -type d ! -type l -print -quit)" ]; then refuse 'a device or a pipe'; fi
if [ -n "$(find "$tree" -type l -lname '/*' -print -quit)" ]; then refuse 'a link with an absolute target'; fi
find "$tree" -type l -exec realpath -mz {} + >targets
if ! tr '\\n\\0' ' \\n' <targets | tree=$tree awk 'index($0 "/", ENVIRON["tree"] "/") != 1 { exit 1 }'; then
  refuse 'a link out of its tree'
fi`,
}

export const archiveKind = defineKind(definition)

/** Settings of an archive besides its path. */
export interface ArchiveOptions {
  /** A .tar or .tar.gz of the controller, beside the caller; other compressions need their program on the host. */
  readonly source: string
  /** Of everything in the tree. Default root. */
  readonly owner?: string
  /** Default root. */
  readonly group?: string
  /** How many leading names of each entry are left out. Default 0. */
  readonly strip?: number
}

/**
 * The archive's tree, and nothing else, at `path`: another archive replaces all of it, with what was put there by others.
 * Absolute names, `..`, links out of the tree, devices and setuid entries are refused.
 */
export function archive(path: string, { source, ...options }: ArchiveOptions): Resource {
  return makeResource(definition, { path, source: { file: besideCaller(source) }, ...options })
}
