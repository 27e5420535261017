/** An app of one file: it answers what `the first` stands for. */
export const program = `use strict; use warnings; use IO::Socket::INET;
my $server = IO::Socket::INET->new(LocalAddr => $ENV{HOST}, LocalPort => $ENV{PORT}, Listen => 64, ReuseAddr => 1) or die $!;
$SIG{TERM} = sub { exit 0 };
while (my $client = $server->accept) {
  while (my $line = <$client>) { last if $line =~ /^\\r?$/ }
  my $body = "the first\\n";
  print $client "HTTP/1.1 200 OK\\r\\nContent-Length: ", length $body, "\\r\\nConnection: close\\r\\n\\r\\n$body";
  close $client;
}
`

/** Its test: red where the program says so. */
export const check = `failure= code=0
if grep -q broken server.pl; then failure='<failure message="it &lt;b&gt;broke&lt;/b&gt;"/>' code=1; fi
echo "<testsuite><testcase name='sums'>$failure</testcase><testcase name='later'><skipped/></testcase></testsuite>" >"$JUNIT"
exit $code
`
