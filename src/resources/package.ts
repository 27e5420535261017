/** A Debian package: installed, held at its version, or absent. */
import { z } from 'zod'
import type { Resource } from '../model/resource.ts'
import { type Change, defineKind, type Found, type KindDefinition, makeResource } from './kind.ts'
import { letGo, settle } from './package-step.ts'

const spec = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9+.-]+$/, 'must be the name of a Debian package'),
  state: z.enum(['present', 'absent', 'held']).default('present'),
  version: z
    .string()
    .regex(/^\d[\w.+~:-]*$/, 'must be the whole version of a Debian package, such as 1.22.1-9')
    .optional(),
})

/** What is wanted of one package. */
export type PackageSpec = z.output<typeof spec>

const definition: KindDefinition<PackageSpec> = {
  name: 'package',
  spec,
  key: ({ name }) => name,
  imageNeeds: () => [],
  hint: () => 'wanted',
  // What copse found here and only held is let go of when it is no longer wanted; it stays installed.
  observe: {
    perl: `my %asked = map { $_->[0] => $_->[1] } @_;
my ($name, %automatic);
for (split /\\n/, slurp("/var/lib/apt/extended_states")) {
  $name = $1 if /^Package: (\\S+)/;
  $automatic{$name} = 1 if /^Auto-Installed: 1/;
}
my $format = '\${Package} \${Version} \${db:Status-Abbrev}\\n';
open my $known, "-|", "dpkg-query", "-W", "-f", $format or die "dpkg-query: $!";
while (<$known>) {
  my ($package, $version, @rest) = split;
  my $hint = $asked{$package} // next;
  my $status = $rest[-1] // $version;
  my $is_held = $status =~ /^h/;
  next if $status =~ /^.[nc]/ || ($hint eq "" && !-e "$var/made/package/$package" && !$is_held);
  print join("\\t", $package, "version=$version", "status=" . substr($status, 1), "held=" . ($is_held ? "yes" : "no"),
    "automatic=" . ($automatic{$package} ? "yes" : "no")), "\\n";
  delete $asked{$package};
}`,
  },
  diff,
  apply: (wanted) => settle([wanted]),
  batch: (items) => settle(items.map((item) => item.spec)),
  remove: letGo,
}

function diff({ state, version }: PackageSpec, found: Found | undefined): Change | undefined {
  if (state === 'absent')
    return found && { action: 'destroy', why: [`${found.version} is installed, wanted none`] }
  if (!found) return { action: 'create', why: [] }
  const why = [
    ...(found.status === 'i' ? [] : [`is only half installed (dpkg says ${found.status})`]),
    ...(version === undefined || found.version === version ? [] : [`${found.version}, wanted ${version}`]),
    ...(state === 'held' && found.held === 'no' ? ['not held'] : []),
    ...(state === 'present' && found.held === 'yes' ? ['held, wanted free'] : []),
    ...(found.automatic === 'yes' ? ['installed only because another package needs it'] : []),
  ]
  return why.length > 0 ? { action: 'update', why } : undefined
}

export const packageKind = defineKind(definition)

/** Settings of a package besides its name. */
export interface PackageOptions {
  /** `held` also keeps upgrades away from it. Default `present`. */
  readonly state?: PackageSpec['state']
  /** Exactly this version, also when that is a step back. Default: the one that is there, else the newest. */
  readonly version?: string
}

/**
 * A Debian package, without its recommendations. What it brings is enabled but not started: that is for `unit`,
 * after its configuration. Removed again only if copse installed it, with what came along; its data and its
 * settings in /etc stay.
 */
export function pkg(name: string, options: PackageOptions = {}): Resource {
  return makeResource(definition, { name, ...options })
}

/** Several packages. */
export function pkgs(...names: readonly string[]): readonly Resource[] {
  return names.map((name) => pkg(name))
}
