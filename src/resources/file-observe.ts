/** How files are observed: all that stand at the paths, with their digests and the texts that differ. */
import { observePaths } from './on-disk.ts'
import { longestText } from './sources.ts'

/**
 * A file's fields are type, owner, group, mode, sha and, where the hint is another digest, its text: UTF-8 without NUL,
 * of a size that plans show. Without -z, sha256sum would write some names otherwise.
 */
export const observeFiles = observePaths(`
my @paths = map { $_->{path} } grep { $_->{type} eq "file" } @things;
my %sums;
while (my @some = splice @paths, 0, 500) {
  open my $printed, "-|", "sha256sum", "-z", "--", @some or die "sha256sum: $!";
  local $/ = "\\0";
  while (<$printed>) { chomp; $sums{substr $_, 66} = substr $_, 0, 64 }
}
my $is_text = sub {
  my ($text) = @_;
  utf8::decode($text) && $text !~ /[\\0\\x{D800}-\\x{DFFF}]|[^\\0-\\x{10FFFF}]/;
};
for my $thing (@things) {
  my $sum = $thing->{type} eq "file" ? $sums{$thing->{path}} : undef;
  next unless defined $sum;
  push @{$thing->{fields}}, "sha=$sum";
  next if $thing->{hint} eq "" || $thing->{hint} eq $sum || $thing->{size} > ${longestText};
  my $text = slurp($thing->{path});
  push @{$thing->{fields}}, "text=" . enc($text) if $is_text->($text);
}
`)
