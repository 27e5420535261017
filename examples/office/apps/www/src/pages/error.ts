/** Pages that say what went wrong, and what can be done. */
import { html } from 'hono/html'
import type { Page } from './page.ts'

export const absentPage: Page = {
  title: 'Not found',
  main: html`<h1>There is nothing here</h1>
<p>The module may have been deleted, or the address may be wrong.</p>
<p><a class="button" href="/">All modules</a></p>`,
}

export const awayPage: Page = {
  title: 'Away for a moment',
  main: html`<h1>The modules cannot be reached at the moment</h1>
<p>The content repository does not answer. Nothing is lost: wait a little and load the page again.</p>
<p><a class="button" href="/">Try again</a></p>`,
}

export const foreignPage: Page = {
  title: 'Refused',
  main: html`<h1>This form did not come from here</h1>
<p>Another site tried to change something in your name, or your browser does not tell where a form comes from. Nothing was changed.</p>
<p><a class="button" href="/">All modules</a></p>`,
}

export const tooLargePage: Page = {
  title: 'Too long',
  main: html`<h1>That is too long</h1>
<p>A text may have 200,000 characters. Nothing was saved; go back in your browser to find your text again.</p>`,
}

export const malformedPage: Page = {
  title: 'Not understood',
  main: html`<h1>What was sent is not a form of ours</h1>
<p>Nothing was changed.</p>
<p><a class="button" href="/">All modules</a></p>`,
}

export const faultPage: Page = {
  title: 'Something went wrong',
  main: html`<h1>Something went wrong here</h1>
<p>It is not your fault, and the log tells of it.</p>
<p><a class="button" href="/">All modules</a></p>`,
}
