/** What copse has changed on a box, for `doctor`: all that `destroy --purge` undoes, and the packages that it names. */
import { CopseError } from '../../lib/errors.ts'
import type { Finding, ProviderContext } from '../provider.ts'
import { Instances } from './api.ts'
import type { BoxContext } from './box.ts'
import { readBox } from './box-journal.ts'
import { findBridge } from './bridge.ts'
import { connect } from './client.ts'
import type { Engine } from './engine.ts'
import { finding } from './finding.ts'
import { readIsolation } from './isolation.ts'
import { bridgeName, labels, ownerOf, poolName } from './names.ts'
import { findPool } from './pool.ts'
import { planPublished } from './publish.ts'
import { portOf, readMark } from './publish-table.ts'
import type { Reach } from './reach.ts'
import { isTemplate } from './template.ts'

export async function examineChanges(found: Reach, context: BoxContext): Promise<readonly Finding[]> {
  const engines = found.state === 'down' ? found.engines : [found.engine]
  const made = found.state === 'answers' ? await madeInEngine(found.engine, context) : []
  const outside = (await Promise.all(engines.map(changedOutside))).flat()
  const isolation = await examineIsolation(context)
  return [
    ...(isolation ? [isolation] : []),
    ...(await examinePublished(found, context)),
    ...[...made, ...outside].map((detail) => ({ check: 'made by copse', ok: true, detail })),
  ]
}

/** Undefined: there is no other environment to be kept from. */
async function examineIsolation({ environment, box }: BoxContext): Promise<Finding | undefined> {
  const check = 'isolation'
  const fix = `copse up ${environment.name}`
  switch (await readIsolation(box)) {
    case 'alone':
      return undefined
    case 'holds':
      return { check, ok: true, detail: 'other environments on this box can neither be reached nor reach it' }
    case 'unseen':
      return { check, ok: true, detail: 'only root may see whether other environments are kept apart' }
    case 'missing':
      return { check, ok: false, detail: 'machines of other environments on this box can be reached', fix }
  }
}

/** Nothing, where nothing is published and nothing is to be. */
async function examinePublished(found: Reach, context: BoxContext): Promise<readonly Finding[]> {
  const { publish, name } = context.environment
  const published = await finding('publish', async () => {
    const changes = await planPublished(found, context)
    const ports = publish.map(portOf).join(', ')
    if (changes.length === 0) return ports
    if (!(await isMade(found, context))) return `${ports}: free to be published`
    throw new CopseError(
      'failed',
      changes.map(({ port, why }) => `${port}: ${why}, and is not so`).join('; '),
      {
        hint: `copse up ${name}`,
      },
    )
  })
  return publish.length === 0 && published.ok ? [] : [published]
}

async function isMade(found: Reach, context: BoxContext): Promise<boolean> {
  if (found.state !== 'answers') return false
  return (await findBridge(connect(found.engine, context.signal), context)) !== undefined
}

async function madeInEngine(engine: Engine, context: ProviderContext): Promise<readonly string[]> {
  const client = connect(engine, context.signal)
  const bridge = await findBridge(client, context)
  const pool = await findPool(client)
  const instances = (await client.read('/1.0/instances?recursion=1', Instances)) ?? []
  const templates = instances.filter(isTemplate).map(({ name }) => name)
  const golden = instances.filter(({ config }) => config[labels.image] !== undefined)
  return [
    ...(bridge ? [`network ${context.environment.subnet} on ${bridgeName(ownerOf(context))}`] : []),
    ...(pool ? [`storage pool ${poolName} (${pool.driver})`] : []),
    ...templates.map((name) => `template ${name}`),
    ...golden.map(({ name }) => `golden image ${name}`),
  ]
}

async function changedOutside(engine: Engine): Promise<readonly string[]> {
  const { daemon, units, packages, lines, forwarding, published = {} } = await readBox(engine)
  const { name } = engine.product
  return [
    ...(daemon ? [`${name} started (process ${daemon.pid})`] : []),
    ...(units ? [`${name} started (${engine.product.units.join(', ')})`] : []),
    ...(packages.length > 0 ? [`packages ${packages.join(' ')}`] : []),
    ...lines.map((line) => `line in ${line.replace(' ', ': ')}`),
    ...(forwarding ? ['net.ipv4.ip_forward switched on'] : []),
    ...Object.entries(published).flatMap(([table, marks]) => marks.map((mark) => publishedText(table, mark))),
  ]
}

function publishedText(table: string, mark: string): string {
  const { port, whose } = readMark(mark)
  return `port ${port} published for ${whose} (nft table ip ${table})`
}
