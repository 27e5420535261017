/** Assets, where no other server has them: each may be kept for ever, because its name changes with its content. */
import type { Handler } from 'hono'
import type { Assets } from './manifest.ts'

const types: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
}

/** Answers 404 by `absent` for a name that is not in this build. */
export function serveAssets({ files }: Assets, absent: Handler): Handler {
  return async (context, next) => {
    const name = context.req.param('name') ?? ''
    const content = files.get(name)
    if (!content) return absent(context, next)
    return context.body(content, 200, {
      'content-type': types[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream',
      'cache-control': 'public, max-age=31536000, immutable',
    })
  }
}
