/** A box on another machine, reached by SSH as root: its programs and files over one shared connection. */
import { readFileSync } from 'node:fs'
import pLimit from 'p-limit'
import { openConnection, transportOver } from '../../transports/ssh/open.ts'
import { callRemote, greetsOver } from '../../transports/ssh/over.ts'
import type { Connection } from '../../transports/ssh/run-script.ts'
import type { JumpHost } from '../../transports/transport.ts'
import type { Box } from './box.ts'
import { asCopseError, attach, type Call } from './ssh-box-call.ts'
import { boxFiles } from './ssh-box-files.ts'
import { boxSockets } from './ssh-box-sockets.ts'
import { type Tool, toolTrouble, toolVariables } from './tool.ts'

/** A box that is asked for and reached through. */
export interface SshBox extends Box {
  readonly jump: JumpHost
}

const runScript = readFileSync(new URL('remote/run.sh', import.meta.url), 'utf8')

/** sshd lets a connection have ten sessions at once; the connection itself, a lock and a relay take some. */
const mostAtOnce = 5

/** What a script that only looks or writes a file may take. */
const quickSeconds = 60

/** Connects by the user's own OpenSSH settings. Throws CopseError. */
export async function openSshBox(destination: string, signal: AbortSignal): Promise<SshBox> {
  const name = `the box ${destination}`
  const connection = await openConnection({ address: destination }, { alias: name, signal }).catch(
    asCopseError,
  )
  return boxOver(connection, name)
}

/** The box at the other end of a connection, which is closed with it. */
export function boxOver(connection: Connection & AsyncDisposable, name: string): SshBox {
  const limit = pLimit(mostAtOnce)
  const call: Call = (script, words = []) =>
    limit(() =>
      callRemote(connection, { script, words }, { signal: AbortSignal.timeout(quickSeconds * 1000) }),
    ).catch((error: unknown) => asCopseError(error, `${name} did not answer within ${quickSeconds} s`))
  const sockets = boxSockets(connection, call)
  return {
    name,
    isHere: false,
    isRoot: true,
    // The operator's are about the operator's machine.
    variables: {},
    jump: { reader: transportOver(connection), controlPath: connection.controlPath },
    run: (file, args, options) => limit(() => runTool(connection, { file, args, options })),
    attach: (file, args, signal) => attach(connection, [file, ...args], signal),
    greets: (address, seconds) => greetsOver(connection, { address, port: 22, seconds }),
    ...boxFiles(call, name),
    ...sockets,
    async [Symbol.asyncDispose]() {
      await sockets[Symbol.asyncDispose]()
      await connection[Symbol.asyncDispose]()
    },
  }
}

async function runTool(connection: Connection, { file, args, options }: Tool): Promise<string> {
  const { seconds, signal, input, cwd = '/' } = options
  // The box itself ends it in time; this is for a box that no longer does.
  const late = AbortSignal.timeout((seconds + 30) * 1000)
  const mode = input !== undefined ? 'fed' : signal ? 'tethered' : 'finished'
  const variables = Object.entries(toolVariables(options)).map(([name, value]) => `${name}=${value}`)
  const words = [mode, String(seconds), cwd, 'env', ...variables, file, ...args]
  const call = callRemote(
    connection,
    { script: runScript, words },
    { input, signal: signal ? AbortSignal.any([signal, late]) : late, isTethered: mode === 'tethered' },
  )
  const { code, stdout, stderr } = await call.catch((error: unknown) => {
    if (signal?.aborted) throw toolTrouble({ file, args, options }, { isCanceled: true })
    if (late.aborted) throw toolTrouble({ file, args, options }, { timedOut: true })
    return asCopseError(error)
  })
  if (code === 0) return stdout.replace(/\n$/, '')
  // Those of timeout(1) and env(1).
  throw toolTrouble(
    { file, args, options },
    { code, stderr, timedOut: code === 124, isMissing: code === 127 },
  )
}
