# Packs what was built: perl pack TREE STORE ID LIST
# An artifact is a list of layers, a line `DIGEST PATH` for each, and is known by the list's digest. What it holds in all is `.`;
# what a package manager brought is a layer of its own, and each large package of that another: builds and apps have those
# in common, so they are kept, sent and unpacked once. A layer is known by the digest of its tar, in which nothing depends on when and where it was
# made. Layers are put into STORE, until they are whole as .ID.tar.zst; the list is written to LIST, and until that is kept too nobody needs them. Prints the artifact.
use strict;
use warnings;
use File::Find;

# Bytes from which on a package is worth a layer.
my $large = 4 * 1024 * 1024;

umask 022;
my ($tree, $store, $id, $list) = @ARGV;
refuse_strange();
my @paths = (".", packages());
open my $out, ">", $list or die "$list: $!\n";
print $out layer($_), " $_\n" for @paths;
close $out or die "$list: $!\n";
print digest_of('cat -- "$1"', $list), "\n";

# Files, directories, and links within the tree.
sub refuse_strange {
  my $script = <<'SH';
tree=$(realpath "$1")
refuse() { echo "what was built holds $1, which no artifact may: $2" >&2; exit 1; }
first=$(find "$tree" ! -type f ! -type d ! -type l -printf '%P\n' -quit)
[ -z "$first" ] || refuse 'a device, a pipe or a socket' "$first"
first=$(find "$tree" -type l -lname '/*' -printf '%P\n' -quit)
[ -z "$first" ] || refuse 'a link with an absolute target' "$first"
find "$tree" -type l -exec realpath -mz {} + >"$2.links"
first=$(tr '\n\0' ' \n' <"$2.links" | tree=$tree awk 'index($0 "/", ENVIRON["tree"] "/") != 1 { print; exit }')
rm -- "$2.links"
[ -z "$first" ] || refuse 'a link out of it, to' "$first"
SH
  system("sh", "-eu", "-c", $script, "check", $tree, $list) == 0 or exit 1;
}

sub names { opendir my $dir, $_[0] or return; sort grep { !/^\.\.?\z/ } readdir $dir }

# Their paths in the tree, that of all of them first.
sub packages {
  my $from = "node_modules";
  return if -l "$tree/$from" || !-d _;
  my @all = map { my $name = $_; $name =~ /^\@/ && !-l "$tree/$from/$name" ? map { "$name/$_" } names("$tree/$from/$name") : $name } names("$tree/$from");
  $from, grep { m{^[\w./\@-]+\z} && !-l "$tree/$_" && -d _ && size("$tree/$_") >= $large } map { "$from/$_" } @all;
}

# Of its files alone: what a directory takes is another on each file system.
sub size {
  my $sum = 0;
  find({ no_chdir => 1, wanted => sub { $sum += (lstat)[7] if !-l && -f _ } }, $_[0]);
  $sum;
}

# Of what the script prints; what ends its shell ends this too.
sub digest_of {
  my ($script, @words) = @_;
  open my $in, "-|", "sh", "-eu", "-c", "{ $script || kill \$\$; } | sha256sum", "digest", @words or die "sh: $!\n";
  my ($sum) = (<$in> // "") =~ /^([0-9a-f]{64})/;
  close $in && $sum or die "what was built could not be packed\n";
  $sum;
}

# Its digest; it is packed only where the store has none of that.
sub layer {
  my ($path) = @_;
  my @within = map { $path eq "." ? $_ : m{^\Q$path\E/(.*)} ? $1 : () } @paths[1 .. $#paths];
  my @own = ("$tree/$path", map { "--exclude=./$_" } $path eq "node_modules" ? ".cache" : (), @within);
  my $tar = 'from=$1; shift; tar -c -f - -C "$from" --format=gnu --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner \
    --mode=a-st,u=rwX,go=rX --exclude=.git --exclude=node_modules/.cache --anchored --no-wildcards "$@" .';
  my $digest = digest_of($tar, @own);
  my $file = "$store/$digest.tar.zst";
  # It is not pruned while it is wanted.
  return $digest if utime undef, undef, $file;
  my $new = "$store/.$id.tar.zst";
  my $script = 'new=$1; shift; { ' . $tar . ' || kill $$; } | zstd -q -3 >"$new" && sync "$new"';
  system("sh", "-eu", "-c", $script, "pack", $new, @own) == 0 or die "what was built could not be packed\n";
  rename $new, $file or die "$file: $!\n";
  $digest;
}
