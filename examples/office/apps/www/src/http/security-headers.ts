/** Headers that keep pages from doing, or being used for, what they are not for. */
import type { MiddlewareHandler } from 'hono'
import type { AssetUrls } from '../assets/manifest.ts'

/** Nothing but our own style, script and icon; forms go back to us, and no other page shows ours within it. Pure. */
export function contentSecurityPolicy({ source }: Pick<AssetUrls, 'source'>): string {
  return [
    "default-src 'none'",
    `style-src ${source}`,
    `script-src ${source}`,
    `img-src ${source}`,
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

export function securityHeaders(urls: AssetUrls): MiddlewareHandler {
  const headers = {
    'content-security-policy': contentSecurityPolicy(urls),
    'x-content-type-options': 'nosniff',
    // With no-referrer, browsers would not tell the origin of our own forms either.
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
  }
  return async (context, next) => {
    await next()
    for (const [name, value] of Object.entries(headers)) context.header(name, value)
    if (!context.res.headers.has('cache-control')) context.header('cache-control', 'private, no-cache')
  }
}
