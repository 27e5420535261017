/** A page before it is sent: what is between the header and the footer, and what the window is called. */
import { html } from 'hono/html'
import type { AssetUrls } from '../assets/manifest.ts'

/** Markup in which every value is escaped: pages are written through `html` alone. */
export type Html = ReturnType<typeof html>

export interface Page {
  readonly title: string
  readonly main: Html
}

/** The whole document. */
export function documentOf({ title, main }: Page, urls: AssetUrls): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${title} – Office</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="${urls.icon}" type="image/svg+xml">
<link rel="stylesheet" href="${urls.css}">
<script src="${urls.script}" defer></script>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header class="site">
<nav aria-label="Site">
<a class="home" href="/"><img src="${urls.icon}" alt="" width="28" height="28"> Office</a>
<a class="button" href="/modules/new">New module</a>
</nav>
</header>
<main id="main" tabindex="-1">
${main}
</main>
</body>
</html>
`
}

/** A moment as people read it, in UTC; the script turns it into their own time. */
export function moment(iso: string): Html {
  return html`<time datetime="${iso}">${iso.slice(0, 16).replace('T', ' ')} UTC</time>`
}

/** A folder as people read it. */
export function folderLabel(folder: string): string {
  return folder === '' ? 'Top folder' : folder
}

/** Something that was done, or that went wrong, above the rest of a page. */
export function notice(text: string | undefined, kind: 'status' | 'alert'): Html {
  return text === undefined ? html`` : html`<p class="notice ${kind}" role="${kind}">${text}</p>`
}
