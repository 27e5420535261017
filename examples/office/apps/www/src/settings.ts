/** The environment variables of the web front. */
import { z } from 'zod'
import { commonVariables, variable } from './service/settings.ts'

/** Without a user, a query or a fragment: it is the beginning of addresses. */
const address = /^https?:\/\/[^\s/?#@]+(\/[^\s?#@]*)?$/

export const wwwSettings = z.object({
  ...commonVariables,
  REPO_URL: variable('the http or https address of the content repository', address).refine(
    URL.canParse,
    'must be an address',
  ),
  ASSETS_URL: variable(
    'a path, or an http or https address, with or without its scheme, below which the assets are',
    /^(\/(?!\/)[\w./-]*|(https?:)?\/\/[^\s/?#@;,'"]+(\/[\w./-]*)?)$/,
  )
    .refine((url) => URL.canParse(url, 'http://www/'), 'must be an address')
    .optional(),
})
