# Tells what this host is like, for comparison with another: one line per fact, `name TAB key TAB value TAB follows TAB since
# TAB strict`, each percent-encoded. `follows` are facts, `name key` with `|` between, that this one comes from: where one of
# those differs, this one may. `since` is when it became so (seconds since 1970), where that is known. `strict` is 1 for what
# changes by itself. Changes nothing. File beside it: names (text TAB what stands for it in every environment).
use strict;

sub slurp { open my $in, "<", $_[0] or return ""; local $/; scalar(<$in>) // "" }
sub enc { my ($text) = @_; $text =~ s/([%\t\n])/sprintf "%%%02X", ord $1/ge; $text }
sub entries { opendir my $dir, $_[0] or return (); sort grep { !/^\.\.?$/ } readdir $dir }
sub changed { (lstat $_[0])[9] // "" }
sub output { open my $from, "-|", @_ or return (); my @all = <$from>; close $from; chomp @all; @all }
sub fact {
  my ($name, $key, $value, %more) = @_;
  print join("\t", map { enc($_ // "") } $name, $key, $value, @more{qw(follows since strict)}), "\n";
}

my %neutral = map { chomp; split /\t/, $_, 2 } split /^/, slurp("names");
my ($varies) = map { qr/(?<![\w-])($_)(?![\w-])/ } join "|", map { quotemeta } sort { length $b <=> length $a } keys %neutral;
sub normal { my ($text) = @_; $text =~ s/$varies/$neutral{$1}/g if %neutral; $text }

# Packages, with what each brought: conffiles, units, and the accounts that its scripts make.
our %brought_by;
my (%conffile, %account_of);
my %auto = map { /^Package: (\S+)[\s\S]*^Auto-Installed: 1/m ? ($1 => 1) : () } split /\n\n/, slurp("/var/lib/apt/extended_states");
for my $entry (split /\n\n/, slurp("/var/lib/dpkg/status")) {
  my ($name) = $entry =~ /^Package: (\S+)/m;
  next unless $entry =~ /^Status: (?:install|hold) ok (\S+)/m;
  my $state = $1;
  my ($version) = $entry =~ /^Version: (\S+)/m;
  my ($arch) = $entry =~ /^Architecture: (\S+)/m;
  my ($base) = grep { -e "$_.list" } "/var/lib/dpkg/info/$name", "/var/lib/dpkg/info/$name:$arch";
  fact("package", $name, $state eq "installed" ? $version : "$version, $state",
    since => $base && changed("$base.list"), follows => $auto{$name} ? "dependency" : "");
  next unless $base;
  if ($entry =~ /^Conffiles:\n((?: .*\n?)+)/m) {
    for (split /\n/, $1) { $conffile{$1} = [$2, $name] if m{^ (/.+) ([0-9a-f]{32})$} }
  }
  for (split /\n/, slurp("$base.list")) { $brought_by{$_} = $name if m{^/etc/} || m{/(?:systemd/system|sysusers\.d)/} }
  (my $script = slurp("$base.postinst")) =~ s/\\\n\s*/ /g;
  $account_of{$_} //= $name for $script =~ /\b(?:adduser|addgroup|useradd|groupadd)\b.*?(?<![\w-])([a-z_][a-z0-9_-]+)\s*(?:$|\|\||&&|;|>)/mg;
  $account_of{$_} //= $name for $script =~ /^\s*\w*(?:USER|GROUP|user|group)\w*="?([a-z_][a-z0-9_-]+)"?\s*$/mg;
}
for my $path (grep { m{/sysusers\.d/} } keys %brought_by) {
  $account_of{$_} //= $brought_by{$path} for slurp($path) =~ /^[ug]!?\s+(\S+)/mg;
}
$account_of{$_} = "base-passwd" for slurp("/usr/share/base-passwd/passwd.master") =~ /^([^:]+):/mg, slurp("/usr/share/base-passwd/group.master") =~ /^([^:]+):/mg;
# Made by scripts of packages.
$brought_by{"/etc/locale.gen"} //= "locales" if $brought_by{"/etc/locale.alias"};
$brought_by{$_} //= $brought_by{s{/local/}{/}r} for map { "/etc/apparmor.d/local/$_" } entries("/etc/apparmor.d/local");
for (split /\n/, slurp("/var/lib/ucf/registry")) { $brought_by{$2} //= $1 if m{^(\S+)\s+(/\S+)} }
sub package_of { my ($name) = @_; defined $name ? "package $name" : "" }

# The digest of each file's text, in which what must differ is neutral. Digests are made by one process, of copies here.
sub digests {
  my @paths = @_;
  my ($number, %at) = (0);
  for my $path (@paths) {
    my $copy = "text-" . $number++;
    open my $to, ">", $copy or die "$copy: $!\n";
    print $to normal(slurp($path));
    close $to or die "$copy: $!\n";
    $at{$copy} = $path;
  }
  my %digest;
  my @copies = sort keys %at;
  while (my @some = splice @copies, 0, 500) {
    for (output("sha256sum", "--", @some)) { $digest{$at{$2}} = substr $1, 0, 12 if /^(\w+)\s+(\S+)$/ }
    unlink @some;
  }
  %digest;
}

# Files in /etc: conffiles against their packages, and those of no package.
my $made_here = qr{^/etc/(?:machine-id|hostname|hosts|mtab|resolv\.conf|ld\.so\.cache|adjtime|\.pwd\.lock|\.updated|timezone|localtime
  |(?:passwd|group|shadow|gshadow|subuid|subgid)-?|ssh/ssh_host_.*|ssl/(?:certs|private)/.*|alternatives/.*|rc[0-6S]\.d/.*
  |ca-certificates\.conf.*|copse/ci/known_hosts|systemd/system/[^/]+\.service\.d/release\.conf|systemd/system/.*\.(?:wants|requires|upholds)/.*|.*\.(?:dpkg|ucf)-\w+|.*~|copse/tls/.*|udev/hwdb\.bin
  |iscsi/initiatorname\.iscsi|hostid|systemd/system/copse-network\.service)$}x;
my @found;
sub walk {
  my ($folder) = @_;
  for my $name (entries($folder)) {
    my $path = "$folder/$name";
    if (-l $path || !-d _) { push @found, $path unless $path =~ $made_here }
    else { walk($path) }
  }
}
walk("/etc");
my %is_there = map { $_ => 1 } @found;
my @packaged = grep { $conffile{$_} } @found;
my %is_packaged;
my @rest = @packaged;
while (my @some = splice @rest, 0, 500) {
  for (output("md5sum", "--", @some)) { $is_packaged{$2} = 1 if m{^(\w+)\s+(/.*)$} && $1 eq $conffile{$2}[0] }
}
for my $path (sort grep { $is_packaged{$_} } @packaged) {
  fact("file", $path, "as packaged", follows => package_of($conffile{$path}[1]));
}
for my $path (sort grep { !$is_there{$_} && $_ !~ $made_here } keys %conffile) {
  fact("file", $path, "removed", follows => package_of($conffile{$path}[1]));
}
my @own = grep { !$is_packaged{$_} } @found;
my %digest = digests(grep { !-l $_ && -f _ } @own);
for my $path (@own) {
  my ($mode, $uid, $gid) = (lstat $path)[2, 4, 5];
  my $what = -l $path ? "link to " . normal(readlink $path) : $digest{$path} ? sprintf "content %s, mode %04o", $digest{$path}, $mode & 07777 : "no file";
  my $owner = -l $path ? "" : sprintf ", %s:%s", getpwuid($uid) // $uid, getgrgid($gid) // $gid;
  # Links there enable a unit or give it another name, which units are asked about.
  next if -l $path && $path =~ m{^/etc/systemd/(?:system|user)/};
  my $name = $path =~ m{^/etc/cron} ? "cron" : "file";
  fact($name, normal($path), "$what$owner", since => changed($path), follows => package_of($conffile{$path} ? undef : $brought_by{$path}));
}
for my $user (entries("/var/spool/cron/crontabs")) {
  my $path = "/var/spool/cron/crontabs/$user";
  fact("cron", "$user: " . normal($_), "set", since => changed($path), follows => "user $user")
    for grep { !/^\s*(?:#|$)/ } split /\n/, slurp($path);
}

# Accounts.
my %password = map { my @f = split /:/; ($f[0] => $f[1] =~ /^[!*]/ ? "no password" : $f[1] eq "" ? "an empty password" : "a password") } split /\n/, slurp("/etc/shadow");
for (split /\n/, slurp("/etc/passwd")) {
  my ($user, undef, $uid, undef, undef, $home, $shell) = split /:/;
  my %more = (follows => package_of($account_of{$user}));
  fact("user", $user, join(", ", $shell, $home, $password{$user} // "no password"), %more);
  fact("user", "$user uid", $uid, %more, strict => 1);
  for my $file ("authorized_keys", "authorized_keys2") {
    for (grep { !/^\s*(?:#|$)/ } split /\n/, slurp("$home/.ssh/$file")) {
      fact("key", "$user $2 $3", join(", ", $1 // (), $4), since => changed("$home/.ssh/$file"), follows => "user $user")
        if m{^(.*? )??((?:ssh|ecdsa|sk-ssh|sk-ecdsa)-[\w\@.-]+) (AAAA[\w+/]+=*)\s*(.*)$};
    }
  }
}
for (split /\n/, slurp("/etc/group")) {
  my ($group, undef, $gid, $members) = split /:/;
  my %more = (follows => join "|", "user $group", package_of($account_of{$group}));
  fact("group", $group, join(",", sort split /,/, $members // "") || "no members", %more);
  fact("group", "$group gid", $gid, %more, strict => 1);
}

require "./running";
