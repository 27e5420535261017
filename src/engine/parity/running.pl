# The second part of facts: what runs, listens, is mounted, and how the kernel is set.
use strict;
our %brought_by;

# Units: whether they start by themselves, and whether they run. What is static runs when something asks for it.
my %state = map { my ($unit, $state) = split; ($unit => $state) } output(qw(systemctl list-unit-files --no-legend --plain --type=service --type=socket --type=timer --type=path));
my (%shown, %unit_of_fragment);
for (split /\n\n/, join "\n", output(qw(systemctl show --property=Id --property=ActiveState --property=Type --property=FragmentPath --property=LoadState --property=Transient *.service *.socket *.timer *.path))) {
  my %of = map { split /=/, $_, 2 } split /\n/;
  $shown{$of{Id}} = \%of if ($of{LoadState} // "") =~ /^(?:loaded|masked)$/ && ($of{Transient} // "") ne "yes";
}
my %enabled_since;
for my $folder (grep { -d } map { "/etc/systemd/system/$_" } ".", entries("/etc/systemd/system")) {
  $enabled_since{$_} //= changed("$folder/$_") for grep { -l "$folder/$_" } entries($folder);
}
my %all = map { $_ => 1 } keys %state, keys %shown;
for my $unit (sort grep { !/\@\./ && !/^(?:user|user-runtime-dir|sshd?|systemd-fsck|modprobe|initrd-.*)\@?/ || /^sshd?\.s/ } keys %all) {
  my %of = %{$shown{$unit} || {}};
  my ($template) = map { "$1." . ($2 // "") } $unit =~ /^(.*\@).*\.(\w+)$/;
  my $enabled = $state{$unit} // ($template && $state{$template}) // "loaded";
  $enabled =~ s/-runtime$//;
  # A name for another unit, or what systemd-run made for once.
  next if $enabled =~ /^(?:alias|transient)$/;
  my $active = $of{ActiveState} // "inactive";
  my $fragment = $of{FragmentPath} || (grep { -e } map { "$_/" . ($template || $unit) } "/etc/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system")[0] // "";
  # What was not asked for since the boot is not loaded.
  my ($type) = defined $of{Type} ? $of{Type} : slurp($fragment) =~ /^\s*Type\s*=\s*(\w+)/m;
  my $is_once = ($type // "") eq "oneshot";
  my $is_steady = !$is_once && $enabled !~ /^(?:static|indirect|generated|loaded)$/;
  (my $listed = $fragment) =~ s{^/lib/}{/usr/lib/};
  my ($package) = grep { defined } map { $brought_by{$_} } $fragment, $listed, "/lib/systemd/system/$unit", "/usr/lib/systemd/system/$unit";
  my %more = (
    follows => join("|", defined $package ? "package $package" : (), $fragment =~ m{^/etc/} ? "file $fragment" : ()),
    since => $enabled_since{$unit} // "",
  );
  my $runs = $active eq "failed" ? ", failed" : $is_steady ? ", $active" : "";
  $runs = ", inactive" if $runs =~ /^, (?:de)?activating$/;
  fact("unit", $unit, "$enabled$runs", %more);
  fact("unit", "$unit runs", $active, %more, follows => "unit $unit|$more{follows}", strict => 1) if !$is_steady && !$is_once;
}

# Who listens. Addresses of the host itself are one; ports that the kernel chose are left out.
my %owner;
for my $pid (grep { /^\d+$/ } entries("/proc")) {
  for my $fd (entries("/proc/$pid/fd")) {
    my $is = readlink "/proc/$pid/fd/$fd" // next;
    $owner{$1} //= $pid if $is =~ /^socket:\[(\d+)\]$/;
  }
}
sub address {
  my ($hex) = @_;
  return join ".", reverse map { hex } unpack "(A2)4", $hex if length $hex == 8;
  my $bytes = join "", map { join "", reverse unpack "(A2)4", $_ } unpack "(A8)4", $hex;
  return "::" if $bytes =~ /^0+$/;
  return "::1" if $bytes =~ /^0{31}1$/;
  return join ".", map { hex } unpack "(A2)4", substr $bytes, 24 if $bytes =~ /^0{20}ffff/i;
  return $bytes =~ /^fe80/i ? "link-local" : "an IPv6 address";
}
my ($first_chosen) = slurp("/proc/sys/net/ipv4/ip_local_port_range") =~ /^(\d+)/;
my %told;
for my $protocol (qw(tcp tcp6 udp udp6)) {
  for (split /\n/, slurp("/proc/net/$protocol")) {
    my ($local, $state, $inode) = (split)[1, 3, 9];
    next unless defined $inode && $state eq ($protocol =~ /^tcp/ ? "0A" : "07");
    my ($hex, $port) = split /:/, $local;
    $port = hex $port;
    next if $protocol =~ /^udp/ && $port >= $first_chosen;
    my $pid = $owner{$inode};
    my ($unit) = $pid ? slurp("/proc/$pid/cgroup") =~ m{/([^/]+\.(?:service|socket|scope))(?:/|$)}m : ();
    my ($program) = $pid ? slurp("/proc/$pid/comm") =~ /^(.*)$/m : ();
    $program = "a program" unless defined $program;
    (my $kind = $protocol) =~ s/6$//;
    my $address = address($hex);
    my $key = join " ", $kind, $address =~ /^(?:0\.0\.0\.0|::)$/ ? "*" : normal($address), $port;
    next if $told{$key}++;
    # systemd listens for others until they are needed.
    my $socket = $unit && $unit =~ /^init\.scope$/ ? "systemd" : $program;
    fact("listener", $key, $socket, follows => $unit ? "unit $unit" : "");
  }
}

# The kernel: what files set, and what is often set. Read live.
my %wanted = map { $_ => "" } qw(
  fs.file-max fs.inotify.max_user_instances fs.inotify.max_user_watches fs.protected_fifos fs.protected_hardlinks
  fs.protected_regular fs.protected_symlinks fs.suid_dumpable kernel.core_pattern kernel.dmesg_restrict kernel.kptr_restrict
  kernel.panic kernel.pid_max kernel.randomize_va_space kernel.sysrq kernel.unprivileged_bpf_disabled kernel.yama.ptrace_scope
  net.core.default_qdisc net.core.netdev_max_backlog net.core.rmem_max net.core.somaxconn net.core.wmem_max net.ipv4.ip_forward
  net.ipv4.ip_local_port_range net.ipv4.ip_unprivileged_port_start net.ipv4.ping_group_range
  net.ipv4.conf.all.accept_redirects net.ipv4.conf.all.rp_filter net.ipv4.conf.all.send_redirects net.ipv4.conf.default.rp_filter
  net.ipv4.tcp_congestion_control net.ipv4.tcp_fin_timeout net.ipv4.tcp_keepalive_time net.ipv4.tcp_max_syn_backlog
  net.ipv4.tcp_syncookies net.ipv4.tcp_tw_reuse net.ipv6.conf.all.disable_ipv6 net.ipv6.conf.all.forwarding
  net.ipv6.conf.default.accept_ra vm.dirty_background_ratio vm.dirty_ratio vm.max_map_count vm.overcommit_memory vm.swappiness
);
for my $path ("/etc/sysctl.conf", map { my $folder = $_; map { "$folder/$_" } entries($folder) } "/usr/lib/sysctl.d", "/etc/sysctl.d") {
  $wanted{$_} = $path for map { s{/}{.}gr } slurp($path) =~ m{^\s*-?([\w./-]+)\s*=}mg;
}
for my $name (sort keys %wanted) {
  (my $path = $name) =~ tr{.}{/};
  my ($value) = slurp("/proc/sys/$path") =~ /^(.*)$/m;
  next unless defined $value;
  $value =~ s/\s+/ /g;
  fact("sysctl", $name, $value, follows => $wanted{$name} eq "" ? "" : "file $wanted{$name}");
}

# The time.
my ($zone) = (readlink "/etc/localtime" // "") =~ m{zoneinfo/(.*)$};
($zone) = slurp("/etc/timezone") =~ /^(.*)$/m unless defined $zone;
fact("time", "zone", $zone =~ m{^(?:Etc/)?(?:UTC|Universal|Zulu|UCT)$} ? "UTC" : $zone) if defined $zone;
fact("time", "zone", "UTC") unless defined $zone;
my ($virt) = output("systemd-detect-virt");
my ($container) = output("systemd-detect-virt", "--container");
my $keeper = (grep { ($shown{"$_.service"}{ActiveState} // "") eq "active" } qw(chrony ntpsec ntp openntpd systemd-timesyncd))[0];
my $is_set = !defined $keeper ? "" : $keeper eq "chrony" ? (join("", output("chronyc", "-c", "tracking")) =~ /,Normal$/ ? ", in time" : ", not in time")
  : $keeper eq "systemd-timesyncd" ? (-e "/run/systemd/timesync/synchronized" ? ", in time" : ", not in time") : "";
fact("time", "kept by", defined $keeper ? $keeper : ($container // "none") ne "none" ? "its box" : "nobody");
fact("time", "state", $is_set =~ s/^, //r, follows => "time kept by|unit $keeper.service|package $keeper") if $is_set ne "";

# The system.
my %os = map { /^(\w+)=["']?(.*?)["']?$/ } split /\n/, slurp("/etc/os-release");
fact("system", "release", "$os{ID} " . ($os{VERSION_ID} // "?"));
fact("system", "machine", $virt // "none");
my ($kernel) = slurp("/proc/sys/kernel/osrelease") =~ /^(.*)$/m;
fact("system", "kernel", $kernel, follows => "system machine");
fact("system", "architecture", (output("uname", "-m"))[0]);
fact("system", "came", (lstat(($ENV{COPSE_VAR} || "/var/lib/copse") . "/identity"))[9] // "", strict => 1);

# Mounts, but for those of the kernel's own file systems and what units and containers are given.
for (split /\n/, slurp("/proc/1/mountinfo")) {
  my ($before, $after) = split / - /;
  my ($point, $options) = (split / /, $before)[4, 5];
  my ($type) = split / /, $after;
  $point =~ s/\\([0-7]{3})/chr oct $1/ge;
  next if $point =~ m{^/(?:proc|sys|dev|run)(?:/|$)} || $type =~ /^(?:autofs|ramfs|nsfs)$/;
  fact("mount", normal($point), join ", ", $type, grep { /^(?:ro|noexec|nosuid|nodev)$/ } split /,/, $options);
}

# The firewall. What copse's own file says is loaded into a network of its own, so that only what was added by hand is told.
sub rules {
  my ($table, $chain, @rules) = ("", "");
  for (@_) {
    s/\s*# handle \d+$//;
    s/counter packets \d+ bytes \d+/counter/;
    if (/^table (\S+ \S+) \{/) { $table = $1 }
    elsif (/^\t(?:chain|set|map|flowtable) (\S+) \{/) { $chain = $1 }
    elsif (/^\t\t(\S.*)$/) { push @rules, "$table $chain: " . normal($1) }
  }
  @rules;
}
my $own_file = "/etc/copse/firewall.nft";
my @live = -x "/usr/sbin/nft" ? rules(output(qw(nft -s list ruleset))) : ();
my %count;
$count{$_}++ for @live;
if (-e $own_file) {
  my @said = rules(output("unshare", "--net", "sh", "-c", "nft -f $own_file && nft -s list table inet copse"));
  if (@said) { $count{$_}-- for @said }
  else { delete $count{$_} for grep { /^inet copse / } keys %count }
}
for my $rule (sort grep { $count{$_} } keys %count) {
  fact("firewall", $rule, $count{$rule} > 0 ? "loaded" : "not loaded");
}
print "end\n";
1;
