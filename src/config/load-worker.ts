/** The thread in which a config is evaluated: it has no environment variables, and may be ended at any time. */
import { enableCompileCache } from 'node:module'
import { parentPort, workerData } from 'node:worker_threads'
import type { Said } from './load-thread.ts'
import type { LoadTask } from './task.ts'

const post = (said: Said) => parentPort?.postMessage(said)

const task: LoadTask = workerData
// Before the imports that it makes faster.
if (task.compileCache !== undefined) enableCompileCache(task.compileCache)
const [{ evaluate }, { watchModules }] = await Promise.all([
  import('./load-evaluate.ts'),
  import('./load-modules.ts'),
])
using modules = watchModules()

// Nothing is left to wait for, and still no reply: the config awaits what never comes.
process.once('beforeExit', () => {
  const place = { file: task.file, line: 1, column: 1 }
  post({ problems: [{ message: 'the config waits for something that never happens', place }] })
  process.exit(0)
})

post('ready')
post(await evaluate(task, modules))
