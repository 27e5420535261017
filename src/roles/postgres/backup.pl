# Dumps databases, and proves that the dumps can be restored. They are kept on another host.
#   backup.pl nightly           dumps every database, then drills each
#   backup.pl first             dumps those of which no dump is kept, then drills those that were not drilled here yet
#   backup.pl list NAME         the kept dumps, newest first: name, time, bytes
#   backup.pl drill NAME        restores the newest dump into a database of its own, and compares
#   backup.pl drilled NAME      what the last drill said; fails when that was bad or is too old
#   backup.pl restore NAME [DUMP]
use strict;
use warnings;

require "/etc/copse/postgres/postgres.pl";
require "/etc/copse/postgres/keeper.pl";
require "/etc/copse/postgres/counts.pl";
our ($home, %keeper);

# Not on the volume: a new machine has proven nothing yet.
my $state = "/var/lib/copse-postgres";
my $reserve = 256 * 1024 * 1024;

sub stamp { my ($at) = @_; my @t = gmtime $at; sprintf "%04d%02d%02dt%02d%02d%02dz", $t[5] + 1900, $t[4] + 1, @t[3, 2, 1, 0] }

# How long ago, in words.
sub age { my ($seconds) = @_; $seconds < 7200 ? int($seconds / 60) . " min" : int($seconds / 3600) . " h" }

# Another dump or restore ends first.
sub take_turn {
  open our $lock, ">", "/run/copse-postgres-backup" or die "$!\n";
  flock $lock, 2 or die "$!\n";
}

# The dump and the counts are of one moment, whatever is written meanwhile. The manifest comes last: it says that there is a dump.
sub dump_one {
  my ($name) = @_;
  my $at = time;
  my $dump = "$name." . stamp($at);
  my $counting = open_counts($name);
  open my $out, "-|", as_postgres("pg_dump", "--format=custom", "--snapshot=$counting->{snapshot}", "--dbname=$name")
    or die "pg_dump: $!\n";
  my $sent = send_file($out, "$dump.dump");
  close $out or die "pg_dump of $name failed\n";
  my %manifest = (database => $name, time => $at, server => server_version(), bytes => $sent->{bytes}, sha256 => $sent->{sha256});
  my $text = join "", map { "$_\t$manifest{$_}\n" } qw(database time server bytes sha256);
  send_text($text . join("", map { "table\t$_\n" } counts($counting)), "$dump.manifest");
  wait_until_kept($dump, $sent->{bytes});
  print "$dump is kept on $keeper{host}: $sent->{bytes} bytes\n";
}

sub server_version { (rows("postgres", "SHOW server_version"))[0][0] }

# Space that restoring takes must be left over: without any, the server would stop.
sub require_space {
  my ($manifest) = @_;
  my ($free) = (split /\n/, qx(df --output=avail -B1 /var/lib/postgresql))[-1] =~ /(\d+)/;
  my $need = 4 * $manifest->{bytes} + $reserve;
  die "there is not enough space to restore it: $free bytes are free, it may take $need\n" if $free < $need;
}

# Fills a database with a dump, and compares both; all that was wrong with it is told by what it dies with.
sub fill {
  my ($database, $dump, $manifest) = @_;
  local $SIG{PIPE} = "IGNORE";
  open my $in, "|-", as_postgres("pg_restore", "--exit-on-error", "--dbname=$database") or die "pg_restore: $!\n";
  binmode $in;
  my $got = fetch_file("$dump.dump", sub { print $in $_[0] });
  my $is_restored = close $in;
  die "$dump is truncated: it has $got->{bytes} bytes, its manifest says $manifest->{bytes}\n" if $got->{bytes} < $manifest->{bytes};
  die "$dump is corrupted: it has another sha256 than its manifest says\n" if $got->{sha256} ne $manifest->{sha256};
  die "$dump cannot be restored: pg_restore failed\n" if !$is_restored;
  my $counting = open_counts($database);
  my @found = counts($counting);
  my %is_wanted = map { $_ => 1 } @{$manifest->{tables}};
  my @other = grep { !delete $is_wanted{$_} } @found;
  my ($lost) = sort keys %is_wanted;
  die "$dump was restored otherwise than it was dumped: " . (split /\t/, $lost // $other[0])[0] . " differs\n" if @other || defined $lost;
  scalar @found;
}

sub make_empty {
  my ($database, $owner) = @_;
  run_sql("postgres", "DROP DATABASE IF EXISTS " . name($database) . " WITH (FORCE)",
    "CREATE DATABASE " . name($database) . " OWNER " . name($owner) . " TEMPLATE template0",
    "REVOKE ALL ON DATABASE " . name($database) . " FROM PUBLIC");
}

sub drop { my ($database) = @_; run_sql("postgres", "DROP DATABASE IF EXISTS " . name($database) . " WITH (FORCE)") }

sub newest {
  my ($name) = @_;
  my ($dump) = kept($name) or die "no dump of $name is kept on $keeper{host}\n";
  $dump;
}

sub require_young {
  my ($dump, $at) = @_;
  my $old = time - $at;
  die "the newest dump, $dump, is " . age($old) . " old, more than $keeper{age} h\n" if $old > $keeper{age} * 3600;
}

sub drill {
  my ($name) = @_;
  my $dump = newest($name);
  my $manifest = manifest_of($dump);
  require_young($dump, $manifest->{time});
  require_space($manifest);
  my $scratch = "copse_drill_$name";
  make_empty($scratch, "postgres");
  my $tables = eval { fill($scratch, $dump, $manifest) };
  my $problem = $@;
  eval { drop($scratch) };
  die $problem if $problem;
  my $text = "$dump was restored, $tables tables are as they were dumped";
  note($name, "ok", $manifest->{time}, $text);
  print "$text\n";
}

# What a drill found is kept for whoever asks.
sub note {
  my ($name, $verdict, $at, $text) = @_;
  mkdir $state;
  chomp $text;
  open my $out, ">", "$state/.$name" or die "$!\n";
  print $out join("\t", $verdict, time, $at, $text), "\n";
  close $out or die "$!\n";
  rename "$state/.$name", "$state/$name" or die "$!\n";
}

sub drill_and_note {
  my ($name) = @_;
  return 1 if eval { drill($name); 1 };
  my $problem = $@;
  note($name, "bad", 0, $problem);
  print STDERR $problem;
  0;
}

sub drilled {
  my ($name) = @_;
  my ($verdict, $then, $at, $text) = split /\t/, slurp("$state/$name") or die "no dump of $name was restored here yet\n";
  die $text if $verdict ne "ok";
  require_young((split / /, $text)[0], $at);
  my $old = time - $then;
  die "the last drill was " . age($old) . " ago, more than $keeper{age} h\n" if $old > $keeper{age} * 3600;
  print $text;
}

# Beside the database, then in its place at once: it is never half of one and half of the other.
sub restore {
  my ($name, $dump) = @_;
  $dump //= newest($name);
  die "$dump is no dump of $name\n" if $dump !~ /^\Q$name\E\./;
  my $manifest = manifest_of($dump);
  require_space($manifest);
  my ($new, $old) = ("copse_restoring_$name", "copse_replaced_$name");
  make_empty($new, $name);
  if (!eval { fill($new, $dump, $manifest); 1 }) {
    my $problem = $@;
    eval { drop($new) };
    die $problem;
  }
  my ($now, $beside, $former) = map { name($_) } $name, $new, $old;
  eval {
    run_sql("postgres", "DROP DATABASE IF EXISTS $former WITH (FORCE)", "ALTER DATABASE $now ALLOW_CONNECTIONS false",
      end_those("datname", $name),
      "BEGIN", "ALTER DATABASE $now RENAME TO $former", "COMMENT ON DATABASE $former IS 'what $name was before it was restored'",
      "ALTER DATABASE $beside RENAME TO $now", "COMMENT ON DATABASE $now IS 'copse'", "COMMIT");
  } or do {
    my $problem = $@;
    eval { run_sql("postgres", "ALTER DATABASE $now ALLOW_CONNECTIONS true") };
    eval { drop($new) };
    die $problem;
  };
  print "$name is as it was in $dump; what it was before is kept as $old\n";
}

sub list {
  my ($name) = @_;
  print join("\t", $_, map { $_->{time}, $_->{bytes} } manifest_of($_)), "\n" for kept($name);
}

sub first {
  wait_for_keeper(180);
  for my $name (grep { !-e "$state/$_" } names()) {
    dump_one($name) if !kept($name);
    drill_and_note($name);
  }
}

# One that fails does not stop the others.
sub nightly {
  my $failed = 0;
  for my $name (names()) {
    if (!eval { dump_one($name); 1 }) { print STDERR $@; $failed++ }
    $failed++ if !drill_and_note($name);
  }
  exit 1 if $failed;
}

# No statement of theirs may fail because of where they were called.
chdir "/" or die "$!\n";
my ($verb, $name, @rest) = @ARGV;
my %verbs = (nightly => \&nightly, first => \&first, list => \&list, drilled => \&drilled, restore => \&restore,
  drill => sub { drill_and_note(@_) or exit 1 });
my $do = $verbs{$verb // ""} or die "backup.pl nightly | first | list | drill | drilled | restore\n";
die "there is no database " . ($name // "without a name") . "\n" if $verb !~ /^(nightly|first)$/ && !grep { $_ eq ($name // "") } names();
take_turn() if $verb !~ /^(list|drilled)$/;
$do->($name, @rest);
