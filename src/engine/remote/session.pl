# Executes a plan's steps on a host, in order, under the host's lock, and tells of each by a JSON line in ./events. Its
# directory is the argument. Files there: plan (digest), run, wait (seconds), identity, observers, revert, forget,
# guards/N/{kind,lines,digest,script}, steps/N/{script,prepare,own,disown,invalidate,confirm,reload,...payloads}.
use strict;
use IO::Handle;
# As in flock(2): a module takes longer to read than all of this.
my ($alone, $at_once) = (2, 4);

my ($dir) = @ARGV;
my $home = "/run/copse";
chdir $dir or die "$dir: $!\n";
umask 022;
@ENV{qw(LC_ALL DEBIAN_FRONTEND HOME PATH)} =
  ("C.UTF-8", "noninteractive", "/root", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
# Steps leave it where systemd is to read its files again at the end.
$ENV{COPSE_RELOAD} = "$dir/reload";
# And here units of which systemd knows no more than that they were started.
$ENV{COPSE_WATCH} = "$dir/watch";
our ($var, %lines, %observers);
require "./observers";

open my $events, ">>", "events" or die "events: $!\n";
$events->autoflush;
sub say_line { print $events "$_[0]\n" }

# As JSON takes any bytes.
sub base64 {
  my ($bytes) = @_;
  my $packed = join "", map { substr $_, 1 } split /\n/, pack "u", $bytes;
  $packed =~ tr|` -_|AA-Za-z0-9+/|;
  my $padding = (3 - length($bytes) % 3) % 3;
  substr($packed, -$padding) = "=" x $padding if $padding;
  $packed;
}

sub finish {
  my ($result, $detail) = @_;
  run_logged(".", "systemctl", "daemon-reload") if -e $ENV{COPSE_RELOAD};
  say_line(qq({"event":"done","result":"$result","detail":") . base64($detail // "") . qq("}));
  exit;
}

sub read_lines { open my $in, "<", $_[0] or return; chomp(my @all = <$in>); @all }

# Writes a file that is whole or not there, and there for good.
sub put {
  my ($name, $text) = @_;
  open my $out, ">", "$var/.$name" or return;
  print $out $text and $out->flush and $out->sync and close $out and rename "$var/.$name", "$var/$name";
}

# Runs a command whose output goes to the log.
sub run_logged {
  my ($where, @command) = @_;
  my $child = fork // return 255;
  if (!$child) {
    open STDIN, "<", "/dev/null" or die "$!";
    open STDOUT, ">>", "log" or die "$!";
    open STDERR, ">&", \*STDOUT or die "$!";
    chdir $where or die "$!";
    exec @command or die "$command[0]: $!\n";
  }
  waitpid $child, 0;
  $? & 127 ? 128 + ($? & 127) : $? >> 8;
}

sub take_lock {
  my ($lock, $seconds) = @_;
  for (my $tries = 20 * $seconds; !flock $lock, $alone | $at_once; $tries--) {
    finish("locked", "another run is at work on this host") if $tries <= 0;
    select undef, undef, undef, 0.05;
  }
}

# What sessions leave that nobody was there for at their end.
sub sweep {
  opendir my $all, $home or return;
  for (grep { !/^\./ && "$home/$_" ne $dir && -d "$home/$_" && !-l "$home/$_" } readdir $all) {
    system("rm", "-rf", "$home/$_") if -M _ > 120 / 24 / 60;
  }
}

# The host must be as it was when the plan was made: the name of a kind that is not.
sub moved {
  my @guards = @_;
  for my $guard (@guards) {
    my ($kind) = read_lines("$guard/kind");
    my @pairs = map { [split /\t/, $_, 2] } read_lines("$guard/lines");
    my $text = "";
    if ($observers{$kind}) {
      local %lines = ($kind => \@pairs);
      $text = eval { observed($kind) } // return $kind;
    } else {
      $text = `sh -eu $guard/script <$guard/lines 2>/dev/null`;
    }
    open my $found, ">", "$guard/found" or die "$!";
    print $found map { "$_\n" } sort split /\n/, $text;
  }
  my %digests = map { /^(\w+) +(.*)\/found$/ ? ($2 => $1) : () } @guards ? `sha256sum @{[map { "$_/found" } @guards]}` : ();
  my ($other) = grep { ($digests{$_} // "") ne slurp("$_/digest") } @guards;
  $other ? (read_lines("$other/kind"))[0] : undef;
}

# Takes lines (kind TAB key) out of the list of what copse owns, then adds others (kind TAB key TAB digest).
sub own {
  my ($drop, $add) = @_;
  return 1 unless @$drop || @$add;
  my $id_of = sub { join "\t", (split /\t/, $_[0])[0, 1] };
  my %drop = map { $_ => 1 } @$drop;
  my %add = map { $id_of->($_) => $_ } @$add;
  my @kept = map { my $id = $id_of->($_); delete $add{$id} // ($drop{$id} ? () : $_) } read_lines("$var/owned");
  my @new = grep { delete $add{$id_of->($_)} } @$add;
  put("owned", join "", map { "$_\n" } @kept, @new);
}

# Those of a list of ids that copse owns here.
sub owned_of {
  my %owned = map { join("\t", (split /\t/)[0, 1]) => 1 } read_lines("$var/owned");
  join "\n", grep { $owned{$_} } read_lines($_[0]);
}

my $timer = "copse-revert-" . ($dir =~ m{([^/]+)$})[0];

# Keeps what a change may lock us out of, and sets the timer that puts it back.
sub arm {
  my ($step) = @_;
  unlink "confirmed", "keep/reverted";
  -d "keep" or mkdir "keep" or return;
  my $kept = 0;
  open my $list, ">", "keep/list" or return;
  for my $path (read_lines("$step/confirm")) {
    $kept++;
    if (-e $path) { run_logged(".", "cp", "-a", $path, "keep/$kept") == 0 or return }
    print $list "$kept\t$path\n";
  }
  close $list or return;
  run_logged(".", "cp", "$step/reload", "$step/stopped", "revert", "keep/") == 0 or return;
  my @when = ("--on-active=45", "--timer-property=AccuracySec=1s", "--unit=$timer");
  run_logged(".", "systemd-run", "--quiet", "--collect", @when, "sh", "$dir/keep/revert", "$dir/keep") == 0;
}

# Waits until a new login has confirmed the change; without one the timer puts everything back.
sub is_confirmed {
  my ($step) = @_;
  for (read_lines("$step/reload")) { run_logged(".", "systemctl", "try-reload-or-restart", $_) == 0 or return }
  say_line('{"event":"confirm"}');
  for (1 .. 1200) {
    return if -e "keep/reverted";
    if (-e "confirmed") { run_logged(".", "systemctl", "stop", "$timer.timer"); return 1 }
    select undef, undef, undef, 0.05;
  }
}

sub disarm {
  return if -e "keep/reverted";
  run_logged(".", "systemctl", "stop", "$timer.timer");
  run_logged(".", "sh", "keep/revert", "$dir/keep");
}

# What comes before a step: untrue stamps go, originals are kept, the list of what copse owns says so, the way back is armed.
sub is_ready {
  my ($step) = @_;
  for (map { "$var/stamps/$_" } read_lines("$step/invalidate")) { unlink $_ or !-e $_ or return }
  if (-e "$step/prepare") {
    local $ENV{COPSE_OWNED} = owned_of("$step/ids");
    run_logged($step, "sh", "-eu", "./prepare") == 0 or return;
  }
  own([], [read_lines("$step/own")]) or return;
  !-e "$step/confirm" || arm($step);
}

# The exit code of a step; what it printed is in the log.
sub execute {
  my ($step) = @_;
  is_ready($step) or return 1;
  my $code = run_logged($step, "sh", "-eu", "./script");
  if (-e "$step/confirm") {
    if ($code != 0) { disarm() }
    elsif (!is_confirmed($step)) {
      disarm();
      open my $log, ">>", "log" or return 1;
      print $log "no new login confirmed the change; it was put back\n";
      $code = 1;
    }
  }
  return $code if $code != 0;
  own([read_lines("$step/disown")], []) ? 0 : 1;
}

# The end of what a failed step printed.
sub last_words {
  my @all = read_lines("log");
  my $text = join "", map { "$_\n" } @all > 20 ? @all[-20 .. -1] : @all;
  length $text > 4000 ? substr $text, -4000 : $text;
}

# Steps whose units are still to be seen alive, half a second after their start: time in which others go on.
my @watched;

sub watch {
  my ($number, $ms) = @_;
  my @units = read_lines("watch") or return;
  unlink "watch";
  push @watched, { number => $number, ms => $ms, units => \@units, due => ms() + 500 };
}

# Ends those steps whose time has come, or waits for all of them: the number of one whose unit has died.
sub prove {
  my ($is_last) = @_;
  my @due = grep { $is_last || $_->{due} <= ms() } @watched or return;
  my ($wait) = sort { $b <=> $a } map { $_->{due} - ms() } @due;
  select undef, undef, undef, $wait / 1000 if $wait > 0;
  @watched = grep { my $one = $_; !grep { $_ == $one } @due } @watched;
  my @names = map { @{$_->{units}} } @due;
  my %is;
  if (open my $shown, "-|", "systemctl", "show", "-p", "ActiveState,SubState,Result", "--", @names) {
    local $/ = "";
    for (@names) { $is{$_} = { (<$shown> // "") =~ /^(\w+)=(.*)$/mg } }
  }
  my $dead;
  for my $step (@due) {
    my ($unit) = grep { "$is{$_}{ActiveState} $is{$_}{SubState}" =~ /^failed| auto-restart/ } @{$step->{units}};
    if (defined $unit) { $dead = $step->{number}; mourn($unit, $is{$unit}) }
    end_step($step->{number}, defined $unit ? 1 : 0, $step->{ms});
  }
  $dead;
}

# It did not run with what it was to run with; why, is in its journal.
sub mourn {
  my ($unit, $is) = @_;
  unlink "log", "$var/stamps/$unit";
  open my $log, ">", "log" or return;
  print $log "$unit is $is->{ActiveState} ($is->{SubState}, $is->{Result}); its journal ends with:\n";
  close $log;
  run_logged(".", "journalctl", "--no-pager", "--quiet", "-o", "cat", "-n", "12", "-u", $unit);
}

sub end_step {
  my ($number, $code, $ms) = @_;
  my $log = $code == 0 ? "" : base64(last_words());
  say_line(qq({"event":"step-end","step":$number,"code":$code,"ms":$ms,"log":"$log"}));
}

# A command may need what was started before it.
sub needs_services { scalar grep { /^command\t/ } read_lines("$_[0]/ids") }

# What a step was sent is not kept; whatever else lies there goes with the whole directory.
sub drop {
  my ($step) = @_;
  opendir my $all, $step or return;
  unlink map { "$step/$_" } readdir $all;
  rmdir $step;
}

# Milliseconds since the box booted, in steps of ten.
sub ms { int(1000 * (split / /, slurp("/proc/uptime"))[0]) }

open my $pid, ">", "pid" or finish("failed", "cannot write $dir");
print $pid "$$\n" and close $pid or finish("failed", "cannot write $dir");
open my $lock, ">>", "$home/lock" or finish("failed", "cannot write $home/lock");
take_lock($lock, (read_lines("wait"))[0]);
unlink "$home/.current";
symlink $dir, "$home/.current" and rename "$home/.current", "$home/current";
sweep();
for ($var, "$var/stamps") { -d or mkdir or finish("failed", "cannot write $var") }
say_line(qq({"event":"session","dir":"$dir"}));

my ($run) = read_lines("run");
my $last = (read_lines("$var/run"))[0] // 0;
finish("refused", "run $last has been here since; this is run $run") if $run < $last;
my ($ours, $theirs) = (slurp("identity"), slurp("$var/identity"));
finish("refused", "this host is somebody else's: " . $theirs =~ tr/\n/ /r) if $theirs ne "" && $theirs ne $ours;
opendir my $guards, "guards";
my $moved = moved(map { "guards/$_" } sort { $a <=> $b } grep { !/^\./ } $guards ? readdir $guards : ());
finish("refused", $moved) if defined $moved;
$theirs ne "" or put("identity", $ours) or finish("failed", "cannot write $var/identity");
$run == $last or put("run", "$run\n") or finish("failed", "cannot write $var/run");
own([read_lines("forget")], []) or finish("failed", "cannot write $var/owned");

opendir my $steps, "steps";
for my $name (sort grep { !/^\./ } $steps ? readdir $steps : ()) {
  my $number = $name + 0;
  my $dead = prove(-e "stop" || needs_services("steps/$name"));
  finish("failed", "step $dead") if defined $dead;
  finish("interrupted", "before step $number") if -e "stop";
  say_line(qq({"event":"step-start","step":$number}));
  my $begin = ms();
  unlink "log";
  my $code = execute("steps/$name");
  my $ms = ms() - $begin;
  $code == 0 && watch($number, $ms) or end_step($number, $code, $ms);
  drop("steps/$name");
  next if $code == 0;
  prove(1);
  finish("failed", "step $number");
}
my $dead = prove(1);
finish("failed", "step $dead") if defined $dead;
finish("done");
