/** The versions of a module. */
import { html } from 'hono/html'
import type { Module, Version, VersionList } from '../repo/schemas.ts'
import { breadcrumb, text } from './module.ts'
import { folderLabel, type Html, moment, notice, type Page } from './page.ts'

export function historyPage(module: Module, { items, next }: VersionList): Page {
  const { id, name } = module
  return {
    title: `History of ${name}`,
    main: html`${breadcrumb(module, 'History')}
<h1>History of “${name}”</h1>
<table>
<caption class="unseen">Versions, the newest first</caption>
<thead><tr><th scope="col">Version</th><th scope="col">Made</th><th scope="col">Folder</th><th scope="col">Name</th></tr></thead>
<tbody>
${items.map(
  (one) => html`<tr>
<th scope="row"><a href="/modules/${id}/versions/${one.version}">Version ${one.version}</a>${note(one.version === module.version, one.restoredFrom)}</th>
<td>${moment(one.madeAt)}</td>
<td>${folderLabel(one.folder)}</td>
<td>${one.name}</td>
</tr>
`,
)}</tbody>
</table>
${next === null ? '' : html`<p><a class="button quiet" rel="next" href="/modules/${id}/history?before=${next}">Older versions</a></p>`}`,
  }
}

function note(isCurrent: boolean, restoredFrom: number | null): Html {
  return html`${isCurrent ? html` <span class="tag">current</span>` : ''}${restoredFrom === null ? '' : html` <span class="tag">restored from ${restoredFrom}</span>`}`
}

/** `alert`: why it was not restored just now. */
export function versionPage(module: Module, old: Version, alert?: string): Page {
  const { id, version } = module
  const title = `Version ${old.version} of ${old.name}`
  return {
    title,
    main: html`${notice(alert, 'alert')}
${breadcrumb(module, `Version ${old.version}`)}
<h1>${title}</h1>
<p class="about">In ${folderLabel(old.folder)}, ${moment(old.madeAt)}${note(old.version === version, old.restoredFrom)}</p>
<div class="actions">
${
  old.version === version
    ? ''
    : html`<form method="post" action="/modules/${id}/versions/${old.version}/restore">
<input type="hidden" name="from" value="${version}">
<button>Restore this version</button>
</form>`
}
<a class="button quiet" href="/modules/${id}/history">History</a>
</div>
${text(old.body)}`,
  }
}
