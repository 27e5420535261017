/** Schemas of the values that resources share; they keep hostile text out of keys and line formats. */
import { z } from 'zod'

/** Text without line breaks, tabs or NUL, so that it fits one line of a protocol or a configuration file; whole Unicode. */
export const oneLine = z
  .string()
  .regex(/^[^\n\r\t\0\p{Surrogate}]*$/u, 'must not contain a line break, a tab, NUL or broken Unicode')

/** An absolute path in its plain form. */
export const absolutePath = oneLine.regex(
  /^\/$|^(\/(?!\.\.?(\/|$))[^/]+)+$/,
  'must be an absolute path without `.`, `..`, double or trailing slashes',
)

/** A user or group name as useradd takes it. */
export const accountName = z
  .string()
  .regex(/^[a-z_][a-z0-9_-]{0,30}$/, 'must be a lower-case account name of at most 31 characters')

/** Permission bits, as a number: `0o640`. */
export const fileMode = z.int().min(0).max(0o7777)

/** `0640`, as stat and chmod write it. */
export function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0')
}

/** A number of an account or a group; 0 is root's and those above 60000 are the system's own. */
export const accountId = z.int().min(1).max(60_000)
