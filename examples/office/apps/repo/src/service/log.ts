/** The log of a service: one line of JSON for each thing, on standard output. */

/** What may be in a line; a secret has no business here. */
export type LogEntry = Readonly<Record<string, string | number | undefined>>

export type Log = (entry: LogEntry) => void

/** Writes each entry with its time. */
export function logTo(write: (line: string) => void, now: () => Date = () => new Date()): Log {
  return (entry) => write(`${JSON.stringify({ time: now().toISOString(), ...entry })}\n`)
}
