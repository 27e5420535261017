/** The form in which a module is written, also when what was sent could not be saved. */
import { html } from 'hono/html'
import type { Content, Module } from '../repo/schemas.ts'
import { breadcrumb } from './module.ts'
import { folderLabel, type Html, moment, notice, type Page } from './page.ts'

/** What somebody writes. */
export interface Draft extends Content {
  /** The module that it changes, and from which version. Default: a new one. */
  readonly of?: { readonly id: string; readonly version: number } | undefined
}

/** Why it was not saved. */
export interface Refusal {
  readonly alert: string
  /** What is wrong with each field. */
  readonly fields?: Readonly<Partial<Record<keyof Content, string>>>
}

export function formPage(draft: Draft, refusal?: Refusal): Page {
  const title = draft.of ? `Edit ${draft.name}` : 'New module'
  return {
    title: refusal ? `Not saved: ${title}` : title,
    main: html`${notice(refusal?.alert, 'alert')}
${draft.of ? breadcrumb({ ...draft, id: draft.of.id }, 'Edit') : ''}
<h1>${title}</h1>
${form(draft, refusal)}`,
  }
}

/** Somebody else saved first: both texts, and a form that saves on top of theirs. */
export function conflictPage(draft: Draft, theirs: Module): Page {
  const { id, version } = theirs
  return {
    title: `Not saved: ${draft.name} has changed`,
    main: html`${notice('Your text is not saved yet: somebody else saved the module while you were writing.', 'alert')}
${breadcrumb(theirs, 'Edit')}
<h1>Two versions of “${theirs.name}”</h1>
<div class="columns even">
<section aria-labelledby="theirs">
<h2 id="theirs">Theirs</h2>
<p class="about">Version ${version}, ${moment(theirs.updatedAt)}</p>
<dl><dt>Folder</dt><dd>${folderLabel(theirs.folder)}</dd><dt>Name</dt><dd>${theirs.name}</dd></dl>
<pre class="text" tabindex="0" role="group" aria-label="Their text">
${theirs.body}</pre>
<p><a class="button quiet" href="/modules/${id}">Keep theirs</a></p>
</section>
<section aria-labelledby="yours">
<h2 id="yours">Yours</h2>
<p class="about">Take over what you need from theirs. Saving makes your text version ${version + 1}.</p>
${form({ ...draft, of: { id, version } })}
</section>
</div>`,
  }
}

function form(draft: Draft, refusal?: Refusal): Html {
  const { of, folder, name, body } = draft
  const fields = refusal?.fields ?? {}
  // As multipart, every character takes as many bytes as it has; urlencoded, up to three times that.
  return html`<form class="write" method="post" action="${of ? `/modules/${of.id}` : '/modules'}" enctype="multipart/form-data" data-guard>
${of ? html`<input type="hidden" name="from" value="${of.version}">` : ''}
<p><label for="name">Name</label>
<input id="name" name="name" value="${name}" required maxlength="120" autocomplete="off"${described('name', fields.name)}>
${complaint('name', fields.name)}</p>
<p><label for="folder">Folder</label>
<input id="folder" name="folder" value="${folder}" maxlength="200" autocomplete="off" autocapitalize="none" spellcheck="false"
pattern="[a-z0-9][a-z0-9._\\-]*(/[a-z0-9][a-z0-9._\\-]*)*" title="Small letters, digits, dots, dashes and underscores, with / between folders"${described('folder', fields.folder, 'folder-hint')}>
<span class="hint" id="folder-hint">Such as guides/start. Empty: the top folder.</span>
${complaint('folder', fields.folder)}</p>
<p><label for="body">Text</label>
<textarea id="body" name="body" rows="18" maxlength="200000"${described('body', fields.body)}>
${body}</textarea>
${complaint('body', fields.body)}</p>
<p class="actions"><button>Save</button> <a class="button quiet" href="${of ? `/modules/${of.id}` : '/'}">Cancel</a></p>
</form>`
}

/** What is read aloud with a field: what is wrong with it, and how it is meant. */
function described(field: string, message: string | undefined, hint = ''): Html {
  const ids = [...(message === undefined ? [] : [`${field}-complaint`]), ...(hint ? [hint] : [])].join(' ')
  const invalid = message === undefined ? '' : html` aria-invalid="true"`
  return html`${invalid}${ids && html` aria-describedby="${ids}"`}`
}

function complaint(field: string, message: string | undefined): Html | string {
  return message === undefined ? '' : html`<span class="complaint" id="${field}-complaint">${message}</span>`
}
