/** Reads what the kinds' observe scripts print, and makes those scripts whole. */
import { sh } from '../lib/shell.ts'
import type { Found, Kind } from './kind.ts'

/**
 * Shell functions for observers in sh: `enc` percent-encodes standard input, so that any value fits into one field.
 * `each FUNCTION` calls it with key and hint for each line of standard input.
 */
const shellWords = `enc() { sed -e 's/%/%25/g' -e 's/\\t/%09/g' | awk 'NR > 1 { printf "%%0A" } { printf "%s", $0 }'; }
tab=$(printf '\\t')
each() { while IFS= read -r line; do "$1" "\${line%%"$tab"*}" "\${line#*"$tab"}"; done; }`

/**
 * Perl functions for observers in Perl: `enc`; `slurp`, the text of a file, empty where there is none. `%lines` holds the
 * pairs of all kinds that are looked at, by kind; `$var` is copse's directory on the host. `observed` is the text that the
 * observer of a kind prints.
 */
const perlWords = `use strict;
our (%lines, %observers);
our $var = $ENV{COPSE_VAR} || "/var/lib/copse";
sub enc { my ($text) = @_; $text =~ s/%/%25/g; $text =~ s/\t/%09/g; $text =~ s/\n/%0A/g; $text }
sub slurp { open my $in, "<", $_[0] or return ""; local $/; scalar <$in> }
sub observed {
  my ($kind) = @_;
  open my $out, ">", \\my $text or die "$!";
  my $before = select $out;
  my $is_well = eval { $observers{$kind}->(@{$lines{$kind}}); 1 };
  select $before;
  $is_well or die $@;
  $text // "";
}
`

type Observed = Pick<Kind, 'name' | 'observe'>

/** The observers in Perl of these kinds, as one program that puts them into `%observers`. */
export function perlObservers(kinds: readonly Observed[]): string {
  const subs = kinds.map(({ name, observe }) =>
    'perl' in observe ? `$observers{"${name}"} = sub {\n${observe.perl}\n};\n` : '',
  )
  return `${perlWords}${subs.join('')}1;\n`
}

/** POSIX sh that looks at things of one kind: reads lines `key TAB hint`. The same text when observing and when guarding a plan. */
export function observeScript(kind: Observed): string {
  if ('sh' in kind.observe) return `${shellWords}\n${kind.observe.sh}\n`
  const things = `@{$lines{"${kind.name}"}}`
  const ask = `while (<STDIN>) { chomp; push ${things}, [split /\\t/, $_, 2] }\n$observers{"${kind.name}"}->(${things});\n`
  return `${sh`exec perl -e ${perlObservers([kind]) + ask}`.shell}\n`
}

/** One thing's fields, and the digest that guards the plan is over the raw line. */
export interface ObservedLine {
  readonly found: Found
  readonly raw: string
}

/** Parses one kind's output: a line per thing that exists, by key. */
export function parseObserved(output: string): ReadonlyMap<string, ObservedLine> {
  const entries = output
    .split('\n')
    .filter((line) => line !== '')
    .map((raw) => {
      const [key = '', ...fields] = raw.split('\t')
      return [key, { found: Object.fromEntries(fields.map(parseField)), raw }] as const
    })
  return new Map(entries)
}

function parseField(field: string): readonly [string, string] {
  const at = field.indexOf('=')
  return [field.slice(0, at), decode(field.slice(at + 1))]
}

/** The opposite of the scripts' `enc`. */
function decode(value: string): string {
  return value.replaceAll(/%(09|0A|25)/g, (_all, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  )
}
