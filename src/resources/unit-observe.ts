/** How systemd units are looked at: one question to systemd for all of a kind. */
import { suffixes } from './unit-name.ts'

/**
 * An observe script for kinds of units: reads `key TAB hint` lines. `more` is Perl that prints the lines of `@things`;
 * it has their `key`, `hint`, full `name`, and what systemd says of them (`is`), and `$var`, copse's directory there.
 */
export function observeEachUnit(more: string): string {
  return `perl -e '
use strict;
my $var = $ENV{COPSE_VAR} || "/var/lib/copse";
my $properties = "LoadState,ActiveState,SubState,UnitFileState,NeedDaemonReload,Type,RemainAfterExit";
sub full { $_[0] =~ /\\.(?:${suffixes.join('|')})$/ ? $_[0] : "$_[0].service" }
sub slurp { open my $in, "<", $_[0] or return ""; local $/; scalar <$in> }
my @things = map { chomp; my ($key, $hint) = split /\\t/, $_, 2; +{ key => $key, hint => $hint, name => full($key) } } <STDIN>;
open my $shown, "-|", "systemctl", "show", "-p", $properties, "--", map { $_->{name} } @things or die "systemctl: $!";
for my $thing (@things) {
  local $/ = "";
  my $said = <$shown> // die "systemctl show says nothing of $thing->{name}";
  $thing->{is} = { $said =~ /^(\\w+)=(.*)$/mg };
}
${more}'`
}

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
