# What copse's programs for PostgreSQL share on a host.
use strict;
use warnings;

our $home = "/etc/copse/postgres";

sub slurp { open my $in, "<", $_[0] or return ""; local $/; my $text = <$in>; $text // "" }
sub names { grep { /./ } split /\n/, slurp("$home/databases") }

# An identifier and a text of SQL.
sub name { my ($text) = @_; $text =~ s/"/""/g; qq("$text") }
sub text { my ($text) = @_; $text =~ s/'/''/g; "'$text'" }

# The system account of the cluster, which alone may come in without a password.
sub as_postgres {
  return @_ if $> != 0;
  ("setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--", @_);
}

# What is only a notice is none of anybody's.
$ENV{PGOPTIONS} = "-c client_min_messages=warning";
sub psql { as_postgres("psql", "-XqAt", "-F", "\t", "-v", "ON_ERROR_STOP=1", @_) }

# The rows of one statement, as lists of fields.
sub rows {
  my ($database, $sql) = @_;
  open my $out, "-|", psql("-d", $database, "-c", $sql) or die "psql: $!\n";
  my @rows = map { chomp; [split /\t/, $_, -1] } <$out>;
  close $out or die "$database did not answer\n";
  @rows;
}

# Statements go through standard input: an argument is for everybody to read.
sub run_sql {
  my ($database, @statements) = @_;
  open my $in, "|-", psql("-d", $database, "-o", "/dev/null", "-f", "-") or die "psql: $!\n";
  print $in "$_;\n" for @statements;
  close $in or die "$database refused a statement\n";
  1;
}

# Ends connections. A function in a condition would be called for others too: conditions have no order.
sub end_those { my ($column, $value) = @_; "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE $column = " . text($value) }

1;
