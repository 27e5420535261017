/**
 * Names in package-lock.json the builds for other platforms that npm left out because the registry in use does not
 * carry them: without an entry for each, `npm ci` of newer npms refuses the file. `--check` only looks.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { z } from 'zod'

const schema = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      dev: z.boolean().optional(),
      optionalDependencies: z.record(z.string(), z.string()).optional(),
    }),
  ),
})

const path = new URL('../package-lock.json', import.meta.url)
const text = readFileSync(path, 'utf8')
const lock = schema.parse(JSON.parse(text))
const missing = Object.entries(lock.packages).flatMap(([place, { dev, optionalDependencies = {} }]) =>
  Object.entries(optionalDependencies)
    .filter(([name, version]) => !isNamed(place, name, version))
    .map(([name, version]) => [homes(place)[0] + name, entryOf(name, version, dev)] as const),
)

if (missing.length > 0 && process.argv[2] === '--check') {
  process.stderr.write(
    `package-lock.json lacks ${missing[0]?.[0]} and others: node script/complete-lock.ts\n`,
  )
  process.exitCode = 1
} else if (missing.length > 0) {
  const whole = JSON.parse(text)
  const all = [...Object.entries(whole.packages), ...missing].sort(([a], [b]) => (a < b ? -1 : 1))
  writeFileSync(path, `${JSON.stringify({ ...whole, packages: Object.fromEntries(all) }, null, 2)}\n`)
}

/** Is there an entry where Node would look from `place`, of that very version where one is pinned? */
function isNamed(place: string, name: string, version: string): boolean {
  const found = homes(place)
    .map((home) => lock.packages[home + name])
    .find((entry) => entry !== undefined)
  return found !== undefined && (!/^\d/.test(version) || found.version === version)
}

/** The node_modules folders that Node looks into from `place`, its own first. */
function homes(place: string): string[] {
  if (place === '') return ['node_modules/']
  const parent = place.slice(0, place.lastIndexOf('node_modules/')).replace(/\/$/, '')
  return [`${place}/node_modules/`, ...homes(parent)]
}

/** Enough for npm to see that the build is not for this machine, and to leave it alone. */
function entryOf(name: string, version: string, dev: boolean | undefined) {
  const words = name.split(/[/-]/)
  const os = words.find((word) =>
    /^(aix|android|darwin|freebsd|linux|netbsd|openbsd|openharmony|sunos|win32)$/.test(word),
  )
  const cpu = words.find((word) =>
    /^(arm|arm64|ia32|loong64|mips64el|ppc64|riscv64|s390x|wasm32|x64)$/.test(word),
  )
  const isMusl = words.some((word) => word.startsWith('musl'))
  return {
    version,
    ...(cpu === undefined ? {} : { cpu: [cpu] }),
    ...(dev === undefined ? {} : { dev }),
    ...(isMusl ? { libc: ['musl'] } : {}),
    optional: true,
    ...(os === undefined ? {} : { os: [os] }),
  }
}
