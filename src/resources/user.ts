/** A user account without a password. */
import { z } from 'zod'
import { lines, type Shell, sh } from '../lib/shell.ts'
import type { Resource } from '../model/resource.ts'
import { type Change, defineKind, type Found, type KindDefinition, makeResource, type Step } from './kind.ts'
import { markNew, markOf } from './made.ts'
import { absolutePath, accountId, accountName, oneLine } from './words.ts'

const spec = z.strictObject({
  name: accountName,
  uid: accountId.optional(),
  shell: absolutePath.default('/usr/sbin/nologin'),
  home: absolutePath.optional(),
  system: z.boolean().default(false),
  groups: z.array(accountName).optional(),
  comment: oneLine.regex(/^[^:]*$/, 'must not contain a colon').optional(),
})

type User = z.output<typeof spec>

const definition: KindDefinition<User> = {
  name: 'user',
  spec,
  key: ({ name }) => name,
  hint: () => 'wanted',
  imageNeeds: () => [],
  observe: {
    perl: `my %groups;
while (my ($group, undef, undef, $members) = getgrent) { push @{$groups{$_}}, $group for split / /, $members }
endgrent;
for (@_) {
  my ($key, $hint) = @$_;
  next unless $hint ne "" || -e "$var/made/user/$key";
  # Perl takes the password out of shadow.
  my ($name, $password, $uid, undef, undef, undef, $comment, $home, $shell) = getpwnam $key or next;
  my $groups = join ",", @{$groups{$name} // []};
  my ($locked, $homed) = map { $_ ? "yes" : "no" } scalar($password =~ /^[!*]/), -d $home;
  my @said = map { enc($_) } "uid=$uid", "shell=$shell", "home=$home", "comment=$comment", "groups=$groups";
  print join("\\t", $key, @said, "locked=$locked", "homed=$homed"), "\\n";
}`,
  },
  diff,
  apply: (wanted, { action }) => ({
    prepare: markNew('user', [wanted.name], sh`getent passwd "$key"`),
    script: action === 'create' ? create(wanted) : update(wanted),
    ...(action === 'create' ? {} : { confirm }),
  }),
  remove: (name) => ({ script: remove(name), confirm }),
}

/** A login that no longer works shows itself at once, and these come back. */
const confirm: Step['confirm'] = {
  paths: ['/etc/passwd', '/etc/shadow', '/etc/group', '/etc/gshadow'],
  reload: [],
}

function diff(wanted: User, found: Found | undefined): Change | undefined {
  if (!found) return { action: 'create', why: [] }
  const facts = {
    uid: wanted.uid?.toString(),
    shell: wanted.shell,
    home: wanted.home,
    comment: wanted.comment,
  }
  const groups = new Set(found.groups?.split(',').filter((name) => name !== ''))
  const why = [
    ...Object.entries(facts).flatMap(([name, value]) =>
      value === undefined || found[name] === value ? [] : [`${name} ${found[name]}, wanted ${value}`],
    ),
    ...(wanted.groups?.filter((name) => !groups.has(name)).map((name) => `not in group ${name}`) ?? []),
    ...[...groups]
      .filter((name) => wanted.groups?.includes(name) === false)
      .map((name) => `in group ${name}`),
    ...(found.locked === 'no' ? ['has a password, wanted none'] : []),
    ...(found.homed === 'no' && !wanted.system ? ['its home directory is missing'] : []),
  ]
  return why.length > 0 ? { action: 'update', why } : undefined
}

function settings({ uid, shell, home, groups, comment }: User): readonly (string | number)[] {
  return [
    ...(uid === undefined ? [] : ['--uid', uid]),
    ...['--shell', shell],
    // sshd without PAM refuses an account whose password is locked by `!`; `*` is as good and lets keys in.
    ...['--password', '*'],
    ...(home === undefined ? [] : ['--home', home]),
    ...(groups === undefined ? [] : ['--groups', groups.join(',')]),
    ...(comment === undefined ? [] : ['--comment', comment]),
  ]
}

/** A group of the account's own name may be there already: declared before it, or left behind. */
function create(wanted: User): Shell {
  const { name, system } = wanted
  return lines([
    sh`if getent group ${name} >/dev/null; then own="--gid ${name}"; else own=--user-group; fi`,
    sh`# shellcheck disable=SC2086
useradd ${[...settings(wanted), ...(system ? ['--system'] : [])]} --no-create-home $own -- ${name}`,
    ...(system ? [] : [makeHome(name)]),
  ])
}

function update(wanted: User): Shell {
  return lines([
    sh`usermod ${settings(wanted)} -- ${wanted.name}`,
    ...(wanted.system ? [] : [makeHome(wanted.name)]),
  ])
}

/** A home that an account of that name left behind, and that is nobody's now, is taken over. */
function makeHome(name: string): Shell {
  return sh`home=$(getent passwd ${name} | cut -d : -f 6)
if [ ! -e "$home" ]; then
  mkdir -p "$(dirname "$home")"
  mkdir -m 0700 "$home"
  cp -rT /etc/skel "$home"
  chown -hR ${`${name}:`} "$home"
elif [ -n "$(find "$home" -maxdepth 0 -nouser)" ]; then
  chown -hR ${`${name}:`} "$home"
fi`
}

/**
 * All that runs as the account is ended: userdel refuses while there are processes, and without logind nobody else knows
 * of logins. Those of containers on the host that happen to have its number are left alone.
 */
function remove(name: string): Shell {
  return sh`loginctl terminate-user ${name} 2>/dev/null || :
uid=$(id -u ${name})
end() {
  if [ "$uid" -eq 0 ]; then return 0; fi
  # Who owns a directory in /proc says nothing: that of a login's sshd is root's.
  { grep -lE "^Uid:.*[[:space:]]$uid([[:space:]]|\$)" /proc/[0-9]*/status 2>/dev/null || :; } |
    while IFS=/ read -r _ _ pid _; do
      if [ "$(readlink "/proc/$pid/ns/pid")" = "$(readlink /proc/self/ns/pid)" ]; then
        kill "-$1" "$pid" 2>/dev/null || :
      fi
    done
}
end TERM
tries=0
until userdel -- ${name}; do
  tries=$((tries + 1))
  if [ "$tries" -ge 10 ]; then exit 1; fi
  sleep 0.5
  end KILL
done
rm -f ${markOf('user', name)}`
}

export const userKind = defineKind(definition)

/** Settings of a user besides its name. */
export interface UserOptions {
  /** Default: the next free number. */
  readonly uid?: number
  /** Default `/usr/sbin/nologin`. */
  readonly shell?: string
  /** Default `/home/NAME`. What lies in a former home stays there. */
  readonly home?: string
  /** A program's account: a low number, and no home directory is made. Default false. */
  readonly system?: boolean
  /** Exactly these groups besides its own; whatever they are when absent. */
  readonly groups?: readonly string[]
  /** The person's or program's full name. */
  readonly comment?: string
}

/** An account that no password opens. Only an account that copse made is removed; its home directory stays. */
export function user(name: string, options: UserOptions = {}): Resource {
  return makeResource(definition, { name, ...options })
}
