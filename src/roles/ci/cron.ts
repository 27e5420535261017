/** When a job starts by itself, in cron's five fields. Pure. */

const fields = [
  { name: 'minute', least: 0, most: 59 },
  { name: 'hour', least: 0, most: 23 },
  { name: 'day of the month', least: 1, most: 31 },
  { name: 'month', least: 1, most: 12 },
  { name: 'day of the week', least: 0, most: 7 },
] as const

type Field = (typeof fields)[number]

/** What is wrong with `0 4 * * 1-5`; undefined: nothing. Numbers only, Sunday is 0 or 7. */
export function problemOfCron(schedule: string): string | undefined {
  const words = schedule.split(' ')
  if (words.length !== fields.length)
    return `must be five fields: minute, hour, day, month, day of the week; it has ${words.length}`
  const index = fields.findIndex((field, at) => !isOf(field, words[at] ?? ''))
  const field = fields[index]
  return field && `"${words[index]}" is no ${field.name} (${field.least} to ${field.most}, *, a-b, */n, a,b)`
}

function isOf(field: Field, word: string): boolean {
  return word.split(',').every((part) => isPart(field, part))
}

function isPart({ least, most }: Field, part: string): boolean {
  const found = /^(?:\*|(?<from>\d{1,2})(?:-(?<to>\d{1,2}))?)(?:\/(?<step>\d{1,2}))?$/.exec(part)
  if (!found) return false
  const { from = String(least), to = from, step = '1' } = found.groups ?? {}
  const [first, last] = [Number(from), Number(to)]
  return first >= least && last <= most && first <= last && Number(step) > 0
}
