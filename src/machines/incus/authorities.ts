/** Whom guests trust besides those that Debian trusts: the authorities that were added to their box. */
import { join } from 'node:path'
import type { Box } from './box.ts'

/** A file of `/usr/local/share/ca-certificates`, as `update-ca-certificates` reads it. */
export interface Authority {
  readonly name: string
  /** Certificates in PEM, and nothing else. */
  readonly text: string
}

/** Without them guests behind a company's proxy could fetch nothing over HTTPS. Sorted by name. */
export async function readAuthorities(
  box: Box,
  directory = '/usr/local/share/ca-certificates',
): Promise<readonly Authority[]> {
  const names = (await box.list(directory)).filter((name) => name.endsWith('.crt')).sort()
  const all = await Promise.all(
    names.map(async (name) => ({
      name,
      text: certificatesIn((await box.read(join(directory, name))) ?? ''),
    })),
  )
  return all.filter(({ text }) => text !== '')
}

/** What else may be in such a file, a key for instance, is not for guests. */
function certificatesIn(text: string): string {
  const found = text.match(/-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g) ?? []
  return found.map((certificate) => `${certificate.replaceAll('\r', '')}\n`).join('')
}
