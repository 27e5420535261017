// Lists the newest builds, again every five seconds; whatever builds say is only ever shown as text.
const results = ['success', 'warnings', 'failure', 'skipped', 'exception', 'retry', 'cancelled']

async function ask(path) {
  const answer = await fetch(`api/v2/${path}`, { headers: { Accept: 'application/json' } })
  if (!answer.ok) throw new Error(`the CI server answers ${answer.status}`)
  return answer.json()
}

function cell(text, { href, className = '' } = {}) {
  const td = document.createElement('td')
  const inner = href ? document.createElement('a') : document.createElement('span')
  if (href) inner.href = href
  inner.className = className
  inner.textContent = text
  td.append(inner)
  return td
}

function row(build, jobs) {
  const result = build.complete ? results[build.results] : 'running'
  const end = build.complete_at ?? Date.now() / 1000
  const tr = document.createElement('tr')
  tr.append(
    cell(jobs.get(build.builderid) ?? 'a former job'),
    cell(build.number, { href: `api/v2/builds/${build.buildid}/steps` }),
    cell(result, { className: result }),
    cell(new Date(build.started_at * 1000).toLocaleString()),
    cell(Math.round(end - build.started_at)),
  )
  return tr
}

async function show() {
  const trouble = document.getElementById('trouble')
  try {
    const { builders } = await ask('builders')
    const jobs = new Map(builders.map(({ builderid, name }) => [builderid, name]))
    const { builds } = await ask('builds?order=-buildid&limit=50')
    document.getElementById('builds').replaceChildren(...builds.map((build) => row(build, jobs)))
    trouble.textContent = ''
  } catch (error) {
    trouble.textContent = error.message
  }
  setTimeout(show, 5000)
}

show()
