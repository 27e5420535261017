/** Why a difference between two hosts is none that anybody would have to sign for. Pure. */
import { asDependency, type Fact } from './fact.ts'

/** Two facts of one id, or one that is only in one of the environments. */
export interface Pair {
  readonly id: string
  readonly a: Fact | undefined
  readonly b: Fact | undefined
}

/** What is known of the two hosts besides. */
export interface Circumstances {
  /** The ids of everything that differs there. */
  readonly differing: ReadonlySet<string>
  /** The ids of what the definition wants in one of the environments only, because their settings differ. */
  readonly oneSided: ReadonlySet<string>
  /** Machines come from elsewhere: from a box here, from somebody there. */
  readonly isElsewhere: boolean
  /** They run different releases of Debian. */
  readonly isOtherRelease: boolean
  /** When copse first came to each, in seconds since 1970; 0 where nobody knows. */
  readonly came: { readonly a: number; readonly b: number }
  /** The accounts other than root that copse comes in by, and the fingerprints of its keys. */
  readonly ways: readonly string[]
  /** Where the host's volumes are: on machines of an engine each is a mount. */
  readonly volumes: readonly string[]
  readonly isStrict: boolean
}

/** The reason; undefined: there is none. */
export function explain(pair: Pair, around: Circumstances): string | undefined {
  if (around.oneSided.has(pair.id)) return 'only one of them wants it, as their settings say'
  if (isWayIn(pair, around.ways)) return 'copse comes in by it'
  return (
    followed(pair, around) ??
    (around.isOtherRelease ? ofRelease(pair) : undefined) ??
    (around.isElsewhere ? ofMachines(pair, around) : undefined)
  )
}

function isWayIn({ a, b }: Pair, ways: readonly string[]): boolean {
  const { name, key } = a ?? b ?? { name: 'system', key: '' }
  if (!['user', 'group', 'key'].includes(name) || (a && b)) return false
  return key.split(' ').some((word) => ways.includes(word))
}

/** Of these the value, too, comes from what they follow. */
const wholly = ['file', 'sysctl', 'time', 'system', 'resource']

function followed({ a, b }: Pair, { differing, isStrict }: Circumstances): string | undefined {
  const isPresence = a === undefined || b === undefined
  const all = new Set([...(a?.follows ?? []), ...(b?.follows ?? [])])
  if (all.has(asDependency)) return isPresence && !isStrict ? 'another package needs it' : undefined
  // Who edits a file of a package does not do so because the package has another version.
  const isEdited = !isPresence && [a.value, b.value].includes('as packaged')
  if (isEdited || !(isPresence || wholly.includes(a.name))) return undefined
  const cause = [...all].map((id) => causeOf(id, differing)).find((id) => id !== undefined)
  return cause === undefined ? undefined : `follows from ${cause}`
}

/** `*` at the end stands for any text. */
function causeOf(id: string, differing: ReadonlySet<string>): string | undefined {
  if (!id.endsWith('*')) return differing.has(id) ? id : undefined
  return [...differing].find((other) => other.startsWith(id.slice(0, -1)))
}

/** What Debian brings, and not what runs of it. */
function ofRelease({ a, b }: Pair): string | undefined {
  const why = 'follows from system release'
  const fact = a ?? b
  if (!fact || [a?.value, b?.value].some((value) => value?.startsWith('not as defined'))) return undefined
  if (fact.name === 'package') return why
  if (fact.name === 'mount') return fact.key === '/tmp' && !(a && b) ? why : undefined
  if (fact.name === 'sysctl') return fact.follows.some((id) => id.startsWith('file /etc/')) ? undefined : why
  const isPackaged = [a, b].every((one) => !one || one.follows.some((id) => id.startsWith('package ')))
  if (!isPackaged) return undefined
  if (!a || !b) return why
  if (fact.name === 'unit') return runsOf(a) === runsOf(b) ? why : undefined
  return fact.name === 'file' && ![a.value, b.value].includes('as packaged') ? why : undefined
}

/** What nobody enables does not tell whether it runs. */
function runsOf({ value }: Fact): string {
  return value.split(', ')[1] ?? 'inactive'
}

/** How a machine is on its network. */
const network =
  /^(systemd-networkd.*|systemd-network-generator|systemd-resolved|networking|ifup@.*|dhcpcd|cloud-.*|copse-network)\.\w+$/

/** Who keeps the time does, and not the zone that somebody chose. */
const ofAnyMachine = ['system machine', 'system kernel', 'mount /', 'time kept by', 'time state']

function ofMachines(pair: Pair, around: Circumstances): string | undefined {
  const { a, b, id } = pair
  const fact = a ?? b
  if (!fact) return undefined
  const why = 'follows from setting machines'
  if (ofAnyMachine.includes(id)) return why
  if (fact.name === 'mount' && !(a && b) && around.volumes.includes(fact.key)) return why
  if (fact.name === 'unit' && network.test(fact.key)) return why
  if (fact.name === 'sysctl' && fact.follows.length === 0 && around.differing.has('system kernel')) return why
  return isOlder(pair, around) ? 'was there before copse came, and follows from setting machines' : undefined
}

/** What is only on one of them, or is a file or a mask, and has not changed since before copse came. */
function isOlder({ a, b }: Pair, { came }: Circumstances): boolean {
  const there = [...(a ? [{ fact: a, at: came.a }] : []), ...(b ? [{ fact: b, at: came.b }] : [])]
  const isMask = there.some(({ fact }) => isMasked(fact))
  if (there.length === 2 && !isMask && a?.name !== 'file') return false
  // What is as its package has it came with that.
  const own = there.filter(({ fact }) => (isMask ? isMasked(fact) : fact.value !== 'as packaged'))
  return own.length > 0 && own.every(({ fact, at }) => fact.since !== undefined && fact.since <= at)
}

function isMasked({ name, value }: Fact): boolean {
  return name === 'unit' && value.startsWith('masked')
}
