/** The structure of `acme`: the authority, and who asks it. */
import { z } from 'zod'
import { mailAddress, settings, text } from './schema-words.ts'

/** Asked where none is named. */
export const letsEncrypt = 'https://acme-v02.api.letsencrypt.org/directory'

const directoryMessage = `must be the https URL of a directory such as "${letsEncrypt}"`
const authorityMessage = 'must be a certificate as PEM, "-----BEGIN CERTIFICATE-----..."'

export const acmeSchema = settings({
  email: mailAddress,
  directory: text(
    /^https:\/\/[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[1-9]\d{0,4})?\/[\w./~%-]*$/,
    directoryMessage,
  )
    .refine((url) => URL.canParse(url), directoryMessage)
    .default(letsEncrypt),
  authority: z
    .string(authorityMessage)
    .max(65_536, authorityMessage)
    .regex(
      /^\s*(?:-----BEGIN CERTIFICATE-----\r?\n[A-Za-z0-9+/=\r\n]+-----END CERTIFICATE-----\s*)+$/,
      authorityMessage,
    )
    .optional(),
})
