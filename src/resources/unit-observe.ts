/** How systemd units are looked at: one question to systemd for all of a kind. */
import type { Observer } from './kind.ts'
import { suffixes } from './unit-name.ts'

/**
 * An observer for kinds of units. `more` is Perl that prints the lines of `@things`; it has their `key`, `hint`, full `name`,
 * and what systemd says of them (`is`). The units of all these kinds are asked about together.
 */
export function observeEachUnit(more: string): Observer {
  const perl = `our %said;
my $full = sub { $_[0] =~ /\\.(?:${suffixes.join('|')})$/ ? $_[0] : "$_[0].service" };
my @names = map { $full->($_->[0]) } map { @{$lines{$_} || []} } qw(unit mask);
if (grep { !$said{$_} } @names) {
  open my $shown, "-|", "systemctl", "show", "-p", "${properties.join(',')}", "--", @names or die "systemctl: $!";
  local $/ = "";
  for my $name (@names) {
    my $text = <$shown> // die "systemctl show says nothing of $name";
    $said{$name} = { $text =~ /^(\\w+)=(.*)$/mg };
  }
}
my @things = map { my $name = $full->($_->[0]); +{ key => $_->[0], hint => $_->[1], name => $name, is => $said{$name} } } @_;
${more}`
  return { perl }
}

const properties = [
  ...['LoadState', 'ActiveState', 'SubState', 'UnitFileState'],
  ...['NeedDaemonReload', 'Type', 'RemainAfterExit'],
]

/**
 * A unit that keeps crashing reads failed at every moment, and one that runs once and ends reads stopped, so that a plan
 * stays true until it is applied.
 */
export const observeUnits = observeEachUnit(`for my $thing (@things) {
  my ($key, $why, $is) = @$thing{qw(key hint is)};
  $why = "made" if $why eq "" && -e "$var/made/unit/$key";
  my %stamp = (restart => "", reload => "", slurp("$var/stamps/$thing->{name}") =~ /^(restart|reload)=(.*)$/mg);
  my $once = $is->{Type} eq "oneshot" && $is->{RemainAfterExit} eq "no" ? "yes" : "no";
  my $state = "stopped";
  $state = "running" if $is->{ActiveState} =~ /^(?:active|activating|reloading|refreshing)$/ && $once eq "no";
  $state = "failed" if $is->{ActiveState} eq "failed" || $is->{SubState} =~ /^auto-restart/;
  my $is_idle = $state eq "stopped" && $is->{UnitFileState} !~ /^enabled/ && "$stamp{restart}$stamp{reload}" eq "";
  next if $is->{LoadState} eq "not-found" || $why eq "" || ($why eq "made" && $is_idle);
  print join("\\t", $key, "load=$is->{LoadState}", "state=$state", "enabled=$is->{UnitFileState}",
    "outdated=$is->{NeedDaemonReload}", "once=$once", "restart=$stamp{restart}", "reload=$stamp{reload}"), "\\n";
}`)
