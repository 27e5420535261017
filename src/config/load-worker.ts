/** The thread in which a config is evaluated: it has no environment variables, and may be ended at any time. */
import { once } from 'node:events'
import { parentPort } from 'node:worker_threads'
import type { Said } from './load-thread.ts'
import type { LoadTask } from './task.ts'

const port = parentPort
if (!port) throw new Error('this file is the main module of a thread')
const post = (said: Said) => port.postMessage(said)

const asked: Promise<LoadTask[]> = once(port, 'message')
// It has done its work, and a config sees no variables.
delete process.env.NODE_COMPILE_CACHE
const [{ evaluate }, { watchModules }] = await Promise.all([
  import('./load-evaluate.ts'),
  import('./load-modules.ts'),
])
using modules = watchModules()
post('ready')
const [task] = await asked
if (!task) throw new Error('there is nothing to evaluate')

// Nothing is left to wait for, and still no reply: the config awaits what never comes.
process.once('beforeExit', () => {
  const place = { file: task.file, line: 1, column: 1 }
  post({ problems: [{ message: 'the config waits for something that never happens', place }] })
  process.exit(0)
})

const reply = await evaluate(task, modules, (early) => post({ early }))
post('desired' in reply ? 'as said' : reply)
