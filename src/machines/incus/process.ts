/** A process of a box, told by number and start time from a later one of the same number. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Box } from './box.ts'

export interface ProcessId {
  readonly pid: number
  /** Field 22 of /proc/PID/stat: clock ticks since the box booted. */
  readonly started: string
}

/** Undefined when there is no such process. */
export async function identify(box: Box, pid: number): Promise<ProcessId | undefined> {
  const stat = await box.read(`/proc/${pid}/stat`).catch(() => undefined)
  const [state, ...fields] = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? []
  const started = fields[18]
  return started === undefined || state === 'Z' ? undefined : { pid, started }
}

export async function isAlive(box: Box, { pid, started }: ProcessId): Promise<boolean> {
  return (await identify(box, pid))?.started === started
}

/** True when the process has ended within the time. */
export async function hasEnded(box: Box, process: ProcessId, seconds: number): Promise<boolean> {
  const deadline = performance.now() + seconds * 1000
  while (performance.now() < deadline) {
    if (!(await isAlive(box, process))) return true
    await sleep(100)
  }
  return false
}
