/** A module as it is now, and the question before it is deleted. */
import { html } from 'hono/html'
import { queryOf } from '../query.ts'
import type { Module } from '../repo/schemas.ts'
import { folderLabel, type Html, moment, notice, type Page } from './page.ts'

export function modulePage(module: Module, done: string | undefined): Page {
  const { id, name, body, version, updatedAt } = module
  return {
    title: name,
    main: html`${notice(done, 'status')}
${breadcrumb(module)}
<h1>${name}</h1>
<p class="about">Version ${version}, ${moment(updatedAt)}</p>
<ul class="actions">
<li><a class="button" href="/modules/${id}/edit">Edit</a></li>
<li><a class="button quiet" href="/modules/${id}/history">History</a></li>
<li><a class="button quiet" href="/modules/${id}/delete">Delete</a></li>
</ul>
${text(body)}`,
  }
}

/** Where a module is, with a way to its folder; `at`: its name is a link too, on a page about it. */
export function breadcrumb({ id, folder, name }: Pick<Module, 'id' | 'folder' | 'name'>, at?: string): Html {
  return html`<nav class="breadcrumb" aria-label="Breadcrumb"><ol>
<li><a href="/">Modules</a></li>
<li><a href="/${queryOf({ folder })}">${folderLabel(folder)}</a></li>
${at === undefined ? html`<li aria-current="page">${name}</li>` : html`<li><a href="/modules/${id}">${name}</a></li><li aria-current="page">${at}</li>`}
</ol></nav>`
}

/** Plain text with its lines as they are. */
export function text(body: string, label = 'Text'): Html {
  return body === ''
    ? html`<p class="empty">There is no text.</p>`
    : html`<pre class="text" tabindex="0" role="group" aria-label="${label}">
${body}</pre>`
}

/** `alert`: why it was not deleted just now. */
export function deletePage(module: Module, alert?: string): Page {
  const { id, name, version } = module
  return {
    title: `Delete ${name}`,
    main: html`${notice(alert, 'alert')}
${breadcrumb(module, 'Delete')}
<h1>Delete “${name}”?</h1>
<p>The module goes with all its ${version === 1 ? 'history' : `${version} versions`}. It cannot be brought back.</p>
<form method="post" action="/modules/${id}/delete">
<input type="hidden" name="from" value="${version}">
<p class="actions"><button class="danger">Delete</button> <a class="button quiet" href="/modules/${id}">Keep it</a></p>
</form>
${text(module.body)}`,
  }
}
