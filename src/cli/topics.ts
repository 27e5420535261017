/** What `copse docs` can show: the files of docs/, and what is generated from the running copse. */
import { readdirSync, readFileSync } from 'node:fs'
import { exitCodes } from '../lib/errors.ts'
import { type ApiEntry, readApi } from './api-docs.ts'
import { renderTable } from './table.ts'

/** One page of documentation. */
export interface Topic {
  readonly name: string
  readonly title: string
  read(): string | Promise<string>
}

const folder = new URL('../../docs/', import.meta.url)

/** Written pages first, by name. */
export function topics(): readonly Topic[] {
  return [...writtenTopics(), ...generatedTopics]
}

function writtenTopics(): readonly Topic[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.md'))
    .sort()
    .map((file) => {
      const text = readFileSync(new URL(file, folder), 'utf8')
      const name = file.replace(/\.md$/, '')
      return { name, title: /^# (.+)$/m.exec(text)?.[1] ?? name, read: () => text }
    })
}

const generatedTopics: readonly Topic[] = [
  {
    name: 'config-words',
    title: 'What a config file is written with',
    read: () => renderApi('What a config file is written with', ['config', 'model', 'lib']),
  },
  {
    name: 'resources',
    title: 'Kinds of resource',
    read: () => renderApi('Kinds of resource', ['resources']),
  },
  { name: 'roles', title: 'Roles', read: () => renderApi('Roles', ['roles']) },
  { name: 'probes', title: 'Probes', read: () => renderApi('Probes', ['probes']) },
  { name: 'exit-codes', title: 'Exit codes', read: () => `# Exit codes\n\n${exitCodeTable()}` },
  { name: 'json', title: 'JSON Schema of the --json documents', read: readSchemas },
]

function renderApi(title: string, folders: readonly string[]): string {
  const entries = readApi().filter(({ folder }) => folders.includes(folder))
  return `# ${title}\n${entries.map(renderEntry).join('')}`
}

function renderEntry({ signature, text, options }: ApiEntry): string {
  const block = options === '' ? '' : `\n\`\`\`ts\n${options.replaceAll(/^ {2}/gm, '')}\n\`\`\`\n`
  return `\n## ${signature}\n\n${text}\n${block}`
}

const meanings: Readonly<Record<keyof typeof exitCodes, string>> = {
  failed: 'failed: the command, every host, or verify',
  differences: 'differences found (plan --detailed-exitcode, drift)',
  partial: 'some hosts failed or could not be reached; others finished',
  locked: 'locked by another run',
  refused: 'refused for safety: host key changed, stale plan, would destroy data, would lock us out',
  usage: 'wrong usage; nothing was touched',
  config: 'invalid config; nothing was touched',
  interrupted: 'interrupted; journal and lock are clean',
}

function exitCodeTable(): string {
  const rows = Object.entries(exitCodes).map(([name, code]) => [
    String(code),
    Object.entries(meanings).find(([key]) => key === name)?.[1] ?? name,
  ])
  return renderTable([['0', 'done; nothing to change'], ...rows])
}

/** Loaded when asked for: zod takes longer to load than all other topics together. */
async function readSchemas(): Promise<string> {
  const [{ z }, { documents }] = await Promise.all([import('zod'), import('./schemas.ts')])
  const schemas = Object.entries(documents).map(([name, schema]) => [name, z.toJSONSchema(schema)])
  return `${JSON.stringify(Object.fromEntries(schemas), null, 2)}\n`
}
