// Lists the newest builds, again every five seconds; whatever builds say is only ever shown as text.
const results = ['success', 'warnings', 'failure', 'skipped', 'exception', 'retry', 'cancelled']

async function ask(path) {
  const answer = await fetch(path, { headers: { Accept: 'application/json' } })
  if (!answer.ok) throw new Error(`the CI server answers ${answer.status}`)
  return answer.json()
}

// What builds of apps have written down of their tests; nothing where there are none.
async function summaries() {
  const answer = await fetch('builds.json', { cache: 'no-store' })
  const list = answer.ok ? await answer.json() : []
  return new Map(list.map((one) => [`${one.job} ${one.number}`, one]))
}

function element(name, text, className = '') {
  const made = document.createElement(name)
  made.className = className
  made.textContent = text
  return made
}

function cell(text, { href, className = '' } = {}) {
  const td = document.createElement('td')
  const inner = element(href ? 'a' : 'span', text, className)
  if (href) inner.href = href
  td.append(inner)
  return td
}

function testsOf(tests) {
  const td = document.createElement('td')
  if (!tests) return td
  const counts = [`${tests.passed} passed`, `${tests.failed} failed`, `${tests.skipped} skipped`]
  td.append(element('span', counts.join(', '), tests.failed > 0 ? 'failure' : ''))
  const list = document.createElement('ul')
  for (const { app, name, message } of tests.names) {
    const item = element('li', `${app}: ${name}`)
    if (message) item.append(element('pre', message))
    list.append(item)
  }
  if (tests.names.length > 0) td.append(list)
  return td
}

function row(build, job, summary) {
  const result = build.complete ? results[build.results] : 'running'
  const end = build.complete_at ?? Date.now() / 1000
  const said = (name) => summary?.[name] || (build.properties?.[name]?.[0] ?? '')
  const tr = document.createElement('tr')
  tr.append(
    cell(job ?? 'a former job'),
    cell(build.number, { href: `api/v2/builds/${build.buildid}/steps` }),
    cell(said('branch')),
    cell(said('commit').slice(0, 12)),
    cell(result, { className: result }),
    cell(new Date(build.started_at * 1000).toLocaleString()),
    cell(Math.round(end - build.started_at)),
    testsOf(summary?.tests),
  )
  return tr
}

async function show() {
  const trouble = document.getElementById('trouble')
  try {
    const { builders } = await ask('api/v2/builders')
    const jobs = new Map(builders.map(({ builderid, name }) => [builderid, name]))
    const query = 'order=-buildid&limit=50&property=branch&property=commit'
    const [{ builds }, known] = await Promise.all([ask(`api/v2/builds?${query}`), summaries()])
    // What the server does for itself is nobody's.
    const own = builds.filter(({ builderid }) => !jobs.get(builderid)?.startsWith('__'))
    const rows = own.map((build) => {
      const job = jobs.get(build.builderid)
      // A build that runs has a summary only where its number was another's before.
      return row(build, job, build.complete ? known.get(`${job} ${build.number}`) : undefined)
    })
    document.getElementById('builds').replaceChildren(...rows)
    trouble.textContent = ''
  } catch (error) {
    trouble.textContent = error.message
  }
  setTimeout(show, 5000)
}

show()
