# Runs archives one after another: each is announced by a line with its size and a mark. After what its `main` prints come a
# line with the mark and its code, what it said on standard error, and the mark again. What it leaves behind does not write
# into another's output, because what it prints goes through a pipe of its own. A machine that copse only came by keeps no
# directory of it. One process, because those of a shell cost more than what is asked.
use strict;
my $home = "/run/copse";
my $dir;
$ENV{LC_ALL} = "C.UTF-8";
umask 077;
binmode $_ for \*STDIN, \*STDOUT;
$| = 1;

# Whoever asked has gone.
$SIG{$_} = sub { drop($dir) if defined $dir; exit 1 } for qw(HUP INT PIPE TERM);

sub drop {
  my ($path) = @_;
  if (-d $path && !-l $path) {
    opendir my $all, $path or return;
    drop("$path/$_") for grep { !/^\.\.?$/ } readdir $all;
    rmdir $path;
  } else { unlink $path }
}

sub make { my ($path) = @_; -d $path or mkdir $path or die "$path: $!\n" }

# As POSIX's pax writes them: a header of 512 bytes, then the bytes of the file; a name that does not fit comes before.
sub unpack_tar {
  my ($tar) = @_;
  my ($at, $long) = (0);
  while ($at + 512 <= length $tar) {
    my ($name, $size, $type, $prefix) = unpack "Z100 x24 Z12 x20 a1 x188 Z155", substr $tar, $at, 512;
    $at += 512;
    last if $name eq "";
    $size = oct $size;
    my $bytes = substr $tar, $at, $size;
    $at += 512 * int(($size + 511) / 512);
    if ($type eq "x") { ($long) = $bytes =~ /^\d+ path=(.*?)\n(?=\d+ \w+=|\z)/ms; next }
    my $path = $long // ($prefix eq "" ? $name : "$prefix/$name");
    undef $long;
    for (my $slash = index $path, "/"; $slash > 0; $slash = index $path, "/", $slash + 1) { make("$dir/" . substr $path, 0, $slash) }
    open my $out, ">", "$dir/$path" or die "$path: $!\n";
    print $out $bytes and close $out or die "$path: $!\n";
  }
}

# The code of `main`, whose output is passed on.
sub run {
  pipe my $from, my $to or die "pipe: $!\n";
  my $child = fork // die "fork: $!\n";
  if (!$child) {
    $SIG{$_} = "DEFAULT" for qw(HUP INT PIPE TERM);
    open STDIN, "<", "/dev/null" or die "$!";
    open STDOUT, ">&", $to or die "$!";
    open STDERR, ">", "$dir.said" or die "$!";
    umask 022;
    chdir $dir or die "$dir: $!\n";
    exec "/bin/sh", "./main" or die "sh: $!\n";
  }
  close $to;
  print $_ while sysread $from, $_, 65536;
  waitpid $child, 0;
  $? & 127 ? 128 + ($? & 127) : $? >> 8;
}

print "copse ready\n";
while (defined(my $line = <STDIN>)) {
  my ($size, $mark) = $line =~ /^(\d+) (\w+)$/ or last;
  read(STDIN, my $tar, $size) == $size or last;
  $dir = "$home/$mark";
  my $code = eval {
    make($home);
    mkdir $dir or die "no file can be written in $home: $!\n";
    unpack_tar($tar);
    undef $tar;
    run();
  };
  my $said = $@;
  if (defined $code && open my $in, "<", "$dir.said") { local $/; $said = <$in> }
  $code //= 1;
  print "\n$mark $code\n", $said, "\n$mark\n";
  unlink "$dir.said";
  drop($dir);
  undef $dir;
}
rmdir $home;
