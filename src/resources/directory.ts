/** A directory: its owner, group and mode, and whether strangers in it are removed. */
import { z } from 'zod'
import { type Shell, sh } from '../lib/shell.ts'
import type { Resource } from '../model/resource.ts'
import { type Change, defineKind, type Found, type KindDefinition, makeResource, step } from './kind.ts'
import { differences, grant, makeParent, observePaths, ownership, standingPath } from './on-disk.ts'
import { keepOriginal, putBackDirectory } from './original.ts'
import { fileMode, oneLine } from './words.ts'

const spec = z.strictObject({
  path: standingPath,
  ...ownership,
  mode: fileMode.default(0o755),
  exclusive: z.boolean().default(false),
  /** Entries of an exclusive directory that stay; loading adds those that lead to the host's other resources. */
  keep: z
    .array(oneLine.min(1).refine((name) => !name.includes('/'), 'must be a name without slashes'))
    .default([]),
})

type Spec = z.output<typeof spec>

const definition: KindDefinition<Spec> = {
  name: 'directory',
  spec,
  key: ({ path }) => path,
  hint: ({ exclusive }) => (exclusive ? 'entries' : ''),
  imageNeeds: () => [],
  // A slash ends each entry's name, because nothing else can.
  observe: observePaths(`
for my $thing (grep { $_->{hint} eq "entries" && $_->{type} eq "directory" } @things) {
  opendir my $entries, $thing->{path} or die "$thing->{path}: $!";
  my @names = sort grep { $_ ne "." && $_ ne ".." } readdir $entries;
  push @{$thing->{fields}}, "entries=" . enc(join "", map { "$_/" } @names);
}
`),
  diff,
  apply: (wanted, _change, found) => ({
    prepare: keepOriginal(wanted.path),
    script: sh`${makeParent(wanted.path)}
${found?.type === 'directory' ? sh`:` : make(wanted.path)}
${grant(wanted.path, wanted)}
${wanted.exclusive ? expel(wanted.path) : sh`:`}`,
    ...(wanted.exclusive && {
      payloads: { keep: { text: wanted.keep.map((name) => `${name}\n`).join('') } },
    }),
  }),
  remove: (path) => step(sh`if [ -d ${path} ] && [ ! -L ${path} ]; then`, putBackDirectory(path), sh`fi`),
}

function diff(wanted: Spec, found: Found | undefined): Change | undefined {
  if (!found) return { action: 'create', why: [] }
  if (found.type !== 'directory')
    return { action: 'replace', why: [`is a ${found.type}, wanted a directory`] }
  const why = [...differences(wanted, found), ...strangers(wanted, found).map((name) => `removes ${name}`)]
  return why.length > 0 ? { action: 'update', why } : undefined
}

function strangers({ exclusive, keep }: Spec, { entries = '' }: Found): readonly string[] {
  if (!exclusive) return []
  const kept = new Set(keep)
  return entries.split('/').filter((name) => name !== '' && !kept.has(name))
}

/** Closed until its owner is set. A package that was installed since it was looked at may have made it. */
function make(path: string): Shell {
  return sh`if [ ! -d ${path} ] || [ -L ${path} ]; then
  rm -f ${path}
  mkdir -m 700 ${path}
fi`
}

/** Names are compared on the host, byte by byte: those that are no UTF-8 would not survive the way here and back. */
function expel(path: string): Shell {
  return sh`find ${path} -mindepth 1 -maxdepth 1 -printf '%f\\0' >entries
LC_ALL=C grep -zvxF -f keep entries >strangers || [ $? -eq 1 ]
cd ${path}
xargs -0 -r rm -rf --one-file-system -- <"$OLDPWD/strangers"`
}

export const directoryKind = defineKind(definition)

/** Settings of a directory besides its path. */
export interface DirectoryOptions {
  /** Default root. */
  readonly owner?: string
  /** Default root. */
  readonly group?: string
  /** Permission bits. Default 0o755. */
  readonly mode?: number
  /** Removes every entry that does not lead to another resource of the host. */
  readonly exclusive?: boolean
  /** Names of entries of an exclusive directory that stay although no resource leads to them. */
  readonly keep?: readonly string[]
}

/** A directory. When it is no longer wanted it is removed if copse made it and it is empty. */
export function directory(path: string, options: DirectoryOptions = {}): Resource {
  return makeResource(definition, { path, ...options })
}
