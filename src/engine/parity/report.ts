/** What a comparison came to, as figures in Graphite of both environments: how alike they are can be seen over time. */
import { CopseError } from '../../lib/errors.ts'
import { sh } from '../../lib/shell.ts'
import { hostsWithRole } from '../../model/environment.ts'
import { Unreachable } from '../../transports/transport.ts'
import type { ReadSession } from '../session.ts'
import type { Parity } from './parity.ts'

/** A figure of the other environment: `parity.OTHER.score` in percent, `parity.OTHER.undeclared` as a number of differences. */
export function figuresOf(
  { score, places }: Pick<Parity, 'score' | 'places'>,
  other: string,
): readonly string[] {
  const open = places.flatMap(({ differences }) => differences).filter(({ kind }) => kind === 'undeclared')
  return [`parity.${other}.score ${score}`, `parity.${other}.undeclared ${open.length}`]
}

/** Sent on the host that keeps figures, where it has one; says of each environment that took none why. */
export async function reportParity(
  sessions: readonly [ReadSession, ReadSession],
  parity: Parity,
): Promise<readonly string[]> {
  const [a, b] = sessions
  const sent = await Promise.all([send(a, figuresOf(parity, parity.b)), send(b, figuresOf(parity, parity.a))])
  return sent.flat()
}

async function send(session: ReadSession, figures: readonly string[]): Promise<readonly string[]> {
  const { environment } = session.desired
  const doors = hostsWithRole(environment, 'metrics').flatMap(({ name, address, endpoints }) =>
    endpoints.filter((door) => door.name === 'carbon').map(({ port }) => ({ name, address, port })),
  )
  const said = doors.map(async ({ name, address, port }) => {
    const script = sh`exec perl -MIO::Socket::INET -e '
my ($address, $port, @figures) = @ARGV;
my $to = IO::Socket::INET->new(PeerAddr => $address, PeerPort => $port, Timeout => 5) or die "Graphite does not answer\n";
print $to map { "$_ " . time . "\n" } @figures;
close $to or die "Graphite: $!\n"' ${address} ${port} ${figures}`
    try {
      const reader = await session.reader(name)
      const { code, stderr } = await reader.run({ main: { text: script.shell } }, session.context.signal)
      return code === 0 ? [] : [`${environment.name} did not take the score: ${stderr.trim()}`]
    } catch (error) {
      if (error instanceof CopseError || error instanceof Unreachable)
        return [`${environment.name} did not take the score: ${error.message}`]
      throw error
    }
  })
  return (await Promise.all(said)).flat()
}
