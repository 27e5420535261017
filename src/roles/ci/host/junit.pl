# Reads a JUnit report on standard input and prints what it says as one line of JSON: {passed, failed, skipped, names}, where
# names has the failed tests as {name, message}, the first hundred. The report is the work of whoever wrote the tests.
use strict;
use warnings;
use JSON::PP;

my $most = 100;
my %told = (passed => 0, failed => 0, skipped => 0, names => []);
my $text = do { local $/; <STDIN> // "" };
my @cases;
my $open;
# Comments and declarations go; what is in CDATA is text.
while ($text =~ /\G(?:<!--.*?-->|<\?.*?\?>|<!\[CDATA\[(.*?)\]\]>|<(\/?)([\w:.-]+)((?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>|([^<]+)|<)/gs) {
  my ($data, $ends, $tag, $attributes, $is_empty, $plain) = ($1, $2, $3, $4, $5, $6);
  if (defined $tag && $tag eq "testcase") {
    close_case() if $open;
    next if $ends;
    my %is = attributes_of($attributes);
    $open = { name => join(" ", grep { defined && length } $is{classname}, $is{name}), state => "passed", message => "" };
    close_case() if $is_empty;
  } elsif (defined $tag && $open && $tag =~ /^(?:failure|error)\z/ && !$ends) {
    my %is = attributes_of($attributes);
    $open->{message} = $is{message} // "" if $open->{state} ne "failed";
    $open->{state} = "failed";
    $open->{reads} = !$is_empty;
  } elsif (defined $tag && $open && $tag =~ /^(?:failure|error)\z/) {
    $open->{reads} = 0;
  } elsif (defined $tag && $open && $tag eq "skipped" && $open->{state} eq "passed") {
    $open->{state} = "skipped";
  } elsif ($open && $open->{reads} && length($open->{text} // "") < 2000) {
    $open->{text} .= $data // plain_of($plain // "");
  }
}
close_case() if $open;
print JSON::PP->new->canonical->ascii->encode(\%told), "\n";

sub close_case {
  $told{ $open->{state} }++;
  my ($first) = grep { /\S/ } split /\n/, $open->{text} // "";
  my $message = $open->{message} =~ /\S/ ? $open->{message} : $first // "";
  push @{ $told{names} }, { name => line_of($open->{name}, 200), message => line_of($message, 300) }
    if $open->{state} eq "failed" && @{ $told{names} } < $most;
  undef $open;
}

sub attributes_of {
  my ($text) = @_;
  my %is;
  while ($text =~ /([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g) { $is{$1} = plain_of($2 // $3) }
  %is;
}

sub plain_of {
  my ($text) = @_;
  my %named = (lt => "<", gt => ">", amp => "&", quot => '"', apos => "'");
  $text =~ s/&(?:#x([0-9A-Fa-f]{1,6})|#([0-9]{1,7})|(lt|gt|amp|quot|apos));/
    defined $3 ? $named{$3} : encoded(defined $1 ? hex $1 : $2)/ge;
  $text;
}

sub encoded {
  my $char = chr($_[0] > 0x10FFFF || $_[0] >= 0xD800 && $_[0] < 0xE000 ? 0xFFFD : $_[0]);
  utf8::encode($char);
  $char;
}

# One line of characters, cut.
sub line_of {
  my ($text, $length) = @_;
  utf8::decode($text);
  $text =~ s/[\x00-\x20\x7f-\x9f]+/ /g;
  $text =~ s/^ | \z//g;
  length $text > $length ? substr($text, 0, $length) . "..." : $text;
}
