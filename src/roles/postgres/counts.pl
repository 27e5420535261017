# What tables hold: their rows, and a sum over all of them that does not depend on their order.
use strict;
use warnings;
use IPC::Open2;

# A transaction that sees one moment, under a name by which pg_dump can see the same one.
sub open_counts {
  my ($database) = @_;
  my $pid = open2(my $out, my $in, psql("-d", $database, "-f", "-"));
  $in->autoflush(1);
  print $in "SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET IntervalStyle = 'postgres'; SET bytea_output = 'hex';\n";
  print $in "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;\nSELECT pg_export_snapshot();\n";
  my $snapshot = <$out> // die "$database did not answer\n";
  chomp $snapshot;
  {pid => $pid, out => $out, in => $in, snapshot => $snapshot, database => $database};
}

# Lines of table, rows and sum. Tables of extensions are made by these.
sub counts {
  my ($counting) = @_;
  my ($in, $out) = @{$counting}{qw(in out)};
  print $in <<'SQL';
SELECT format('SELECT %L, count(*), coalesce(sum((''x'' || left(md5(copse_row::text), 15))::bit(60)::bigint), 0) FROM ONLY %I.%I AS copse_row',
  translate(format('%I.%I', nspname, relname), E'\t\n', '  '), nspname, relname)
FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE relkind = 'r' AND nspname !~ '^pg_' AND nspname <> 'information_schema'
  AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype = 'e')
ORDER BY nspname, relname \gexec
SQL
  close $in;
  chomp(my @lines = <$out>);
  waitpid $counting->{pid}, 0;
  die "the tables of $counting->{database} could not be counted\n" if $?;
  @lines;
}

1;
