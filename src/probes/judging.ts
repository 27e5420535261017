/** How answers are judged where they are given: every kind's judge as a function of one Perl program. */
import { allProbeKinds } from './index.ts'

/**
 * `judge(KIND, CODE, OUTPUT, WORDS...)` gives whether the service did what was asked of it (undef: it could not be asked)
 * and what was seen, in one line. Codes 126 and 127 are the shell's own for a program that is missing or cannot be run there.
 */
export function judging(): string {
  const judges = allProbeKinds().map(
    ({ name, judge }) => `"${name}" => sub {\nmy ($code, $output, @words) = @_;\n${judge.trim()}\n},`,
  )
  return String.raw`sub last_line {
  my ($text) = @_;
  my ($line) = $text =~ /([^\n]*?)\s*\z/;
  $line =~ s/^\s+//;
  $line eq "" ? "no output" : $line;
}

my %judges = (
${judges.join('\n')}
);

sub judge {
  my ($kind, $code, $output, @words) = @_;
  return (undef, "not asked: " . last_line($output)) if $code == 126 || $code == 127;
  my ($answers, $detail) = eval { $judges{$kind}->($code, $output, @words) };
  $@ eq "" ? ($answers, $detail) : (undef, "not judged: " . last_line($@));
}
`
}
