/** All modules, or those of a folder. */
import { html } from 'hono/html'
import { queryOf } from '../query.ts'
import type { FolderList, ModuleList, ModuleSummary } from '../repo/schemas.ts'
import { folderLabel, type Html, moment, notice, type Page } from './page.ts'

interface Listed {
  /** Undefined: all. */
  readonly folder: string | undefined
  readonly folders: FolderList
  readonly modules: ModuleList
  readonly done: string | undefined
}

export function listPage({ folder, folders, modules, done }: Listed): Page {
  const title = folder === undefined ? 'Modules' : folderLabel(folder)
  const { items, next } = modules
  return {
    title,
    main: html`${notice(done, 'status')}
<h1>${title}</h1>
<div class="columns">
<nav class="folders" aria-label="Folders">
<ul>
<li>${folderLink('All folders', undefined, folder)}</li>
${folders.items.map(
  (one) => html`<li>${folderLink(folderLabel(one.folder), one.folder, folder)}
<span class="count">${one.modules}<span class="unseen"> modules</span></span></li>
`,
)}</ul>
</nav>
<section aria-label="Modules">
${items.length === 0 ? html`<p class="empty">There is nothing here yet. <a href="/modules/new">Write the first module</a>.</p>` : table(items)}
${next === null ? '' : html`<p><a class="button quiet" rel="next" href="/${queryOf({ folder, after: next })}">Next page</a></p>`}
</section>
</div>`,
  }
}

function table(items: readonly ModuleSummary[]): Html {
  return html`<table>
<caption class="unseen">Modules by folder and name</caption>
<thead><tr><th scope="col">Name</th><th scope="col">Folder</th><th scope="col">Version</th><th scope="col">Changed</th></tr></thead>
<tbody>
${items.map(
  ({ id, folder, name, version, updatedAt }) => html`<tr>
<th scope="row"><a href="/modules/${id}">${name}</a></th>
<td>${folderLabel(folder)}</td>
<td data-label="Version">${version}</td>
<td>${moment(updatedAt)}</td>
</tr>
`,
)}</tbody>
</table>`
}

function folderLink(label: string, folder: string | undefined, current: string | undefined): Html {
  const mark = folder === current ? html` aria-current="page"` : ''
  return html`<a href="/${queryOf({ folder })}"${mark}>${label}</a>`
}
