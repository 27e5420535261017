/** What somebody does in a browser, for playwright-core; it works with JavaScript and without. */
import assert from 'node:assert/strict'

/** What is needed of playwright's Locator. */
interface Locator {
  click(): Promise<void>
  fill(text: string): Promise<void>
  waitFor(): Promise<void>
  textContent(): Promise<string | null>
}

/** What is needed of playwright's Page, so that this app need not depend on it. */
export interface BrowserPage {
  goto(url: string): Promise<unknown>
  url(): string
  getByRole(role: 'link' | 'button' | 'heading', options: { name: string; exact?: boolean }): Locator
  getByLabel(label: string, options?: { exact?: boolean }): Locator
  getByText(text: string, options?: { exact?: boolean }): Locator
}

/**
 * Creates a module below `url`, edits it, reads and restores an old version, and deletes it. Throws when a page is not as it
 * should be, and leaves nothing behind when none was. Give it a page of a context with `javaScriptEnabled: false` to see
 * that all of it works without.
 */
export async function editsContent(page: BrowserPage, url: string): Promise<void> {
  const name = `Browser <b>${Date.now()}-${Math.random().toString(36).slice(2, 8)}</b>`
  await createsModule(page, url, name)
  await editsModule(page, name)
  await restoresVersion(page, name)
  await deletesModule(page, name)
}

async function createsModule(page: BrowserPage, url: string, name: string): Promise<void> {
  await page.goto(url)
  await page.getByRole('link', { name: 'New module', exact: true }).click()
  await page.getByLabel('Name', { exact: true }).fill(name)
  await page.getByLabel('Folder', { exact: true }).fill('tests/browser')
  await page.getByLabel('Text', { exact: true }).fill('First text.')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByText('The module is created.').waitFor()
  await page.getByRole('heading', { name, exact: true }).waitFor()
  await showsText(page, 'First text.')
}

async function editsModule(page: BrowserPage, name: string): Promise<void> {
  await page.getByRole('link', { name: 'Edit', exact: true }).click()
  await page.getByRole('heading', { name: `Edit ${name}`, exact: true }).waitFor()
  await page.getByLabel('Text', { exact: true }).fill('Second text.')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByText('The module is saved.').waitFor()
  await showsText(page, 'Second text.')
}

async function restoresVersion(page: BrowserPage, name: string): Promise<void> {
  await page.getByRole('link', { name: 'History', exact: true }).click()
  await page.getByRole('link', { name: 'Version 2', exact: true }).waitFor()
  await page.getByRole('link', { name: 'Version 1', exact: true }).click()
  await page.getByRole('heading', { name: `Version 1 of ${name}`, exact: true }).waitFor()
  await showsText(page, 'First text.')
  await page.getByRole('button', { name: 'Restore this version', exact: true }).click()
  await page.getByText('The old version is restored as the newest one.').waitFor()
  await showsText(page, 'First text.')
}

async function deletesModule(page: BrowserPage, name: string): Promise<void> {
  const module = page.url()
  await page.getByRole('link', { name: 'Delete', exact: true }).click()
  await page.getByRole('heading', { name: `Delete “${name}”?`, exact: true }).waitFor()
  await page.getByRole('button', { name: 'Delete', exact: true }).click()
  await page.getByText('The module is deleted.').waitFor()
  await page.goto(module)
  await page.getByRole('heading', { name: 'There is nothing here', exact: true }).waitFor()
}

/** The text of the module or version that is open. */
async function showsText(page: BrowserPage, text: string): Promise<void> {
  assert.equal((await page.getByLabel('Text', { exact: true }).textContent())?.trim(), text)
}
