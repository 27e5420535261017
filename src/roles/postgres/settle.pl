# Makes the databases and their roles what is wanted of them: `settle.pl`; or says what would be done: `settle.pl --check`,
# which ends with 0 when there is nothing to do. What is no longer wanted keeps its data and lets nobody in.
use strict;
use warnings;
use Digest::SHA qw(hmac_sha256 sha256);
use MIME::Base64 qw(encode_base64 decode_base64);

require "/etc/copse/postgres/postgres.pl";
our $home;

# As in RFC 5802: the server learns only this of a password, and writes only this into its log.
sub verifier {
  my ($password, $salt, $rounds) = @_;
  my $block = my $sum = hmac_sha256("$salt\0\0\0\1", $password);
  $sum ^= $block = hmac_sha256($block, $password) for 2 .. $rounds;
  my $stored = encode_base64(sha256(hmac_sha256("Client Key", $sum)), "");
  my $server = encode_base64(hmac_sha256("Server Key", $sum), "");
  "SCRAM-SHA-256\$$rounds:" . encode_base64($salt, "") . "\$$stored:$server";
}

sub is_password_of {
  my ($password, $known) = @_;
  my ($rounds, $salt) = $known =~ /^SCRAM-SHA-256\$(\d+):([^\$]+)\$/ or return 0;
  verifier($password, decode_base64($salt), $rounds) eq $known;
}

sub new_salt { open my $in, "<", "/dev/urandom" or die "$!"; read $in, my $salt, 16; $salt }

sub password_of {
  my ($name) = @_;
  my ($password) = slurp("$home/$name.pgpass") =~ /^\*:\*:\Q$name\E:\Q$name\E:([^:\\\n]+)\n\z/
    or die "$home/$name.pgpass holds no password without colons and backslashes\n";
  $password;
}

my %wanted = map { $_ => password_of($_) } names();
my %roles = map { $_->[0] => $_ } rows("postgres", "SELECT rolname, rolcanlogin, coalesce(rolpassword, ''),
  coalesce(shobj_description(oid, 'pg_authid'), '') FROM pg_authid");
my %databases = map { $_->[0] => $_ } rows("postgres", "SELECT datname, datallowconn, pg_get_userbyid(datdba),
  coalesce(shobj_description(oid, 'pg_database'), '') FROM pg_database");

my @todo;
for my $name (sort keys %wanted) {
  my ($quoted, $password) = (name($name), $wanted{$name});
  my (undef, $enters, $known, $role_mark) = @{$roles{$name} // []};
  push @todo, "CREATE ROLE $quoted" if !$roles{$name};
  push @todo, "ALTER ROLE $quoted LOGIN PASSWORD " . text(verifier($password, new_salt(), 4096))
    if ($enters // "f") ne "t" || !is_password_of($password, $known);
  push @todo, "COMMENT ON ROLE $quoted IS 'copse'" if ($role_mark // "") ne "copse";
  my (undef, $is_open, $owner, $mark) = @{$databases{$name} // []};
  push @todo, "CREATE DATABASE $quoted OWNER $quoted TEMPLATE template0" if !$databases{$name};
  push @todo, "ALTER DATABASE $quoted ALLOW_CONNECTIONS true" if defined $is_open && $is_open ne "t";
  push @todo, "ALTER DATABASE $quoted OWNER TO $quoted" if defined $owner && $owner ne $name;
  push @todo, "REVOKE ALL ON DATABASE $quoted FROM PUBLIC", "COMMENT ON DATABASE $quoted IS 'copse'"
    if ($mark // "") ne "copse";
}
for (grep { $_->[3] eq "copse" && !exists $wanted{$_->[0]} && $_->[1] eq "t" } values %roles) {
  push @todo, "ALTER ROLE " . name($_->[0]) . " NOLOGIN";
  push @todo, end_those("usename", $_->[0]);
}
for (grep { $_->[3] eq "copse" && !exists $wanted{$_->[0]} && $_->[1] eq "t" } values %databases) {
  push @todo, "ALTER DATABASE " . name($_->[0]) . " ALLOW_CONNECTIONS false";
}

if (@ARGV) { exit(@todo ? 1 : 0) }
run_sql("postgres", @todo) if @todo;
