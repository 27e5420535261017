/** The starter page: graphs of every host and of the balancers, drawn by Graphite; plain HTML that needs no scripts. Pure. */
import { type Environment, hostsWithRole } from 'copse'
import { routedApps } from '../haproxy-backends.ts'

/** How far back a page looks, by the name of its file. */
const spans: Readonly<Record<string, { readonly title: string; readonly from: string }>> = {
  index: { title: 'hour', from: '-1h' },
  day: { title: 'day', from: '-1d' },
  month: { title: 'month', from: '-30d' },
}

interface Graph {
  readonly title: string
  readonly targets: readonly string[]
  /** What else Graphite is told of how to draw it. */
  readonly look?: Readonly<Record<string, string>>
}

interface Section {
  readonly title: string
  readonly graphs: readonly Graph[]
}

/** A page for each span, by file name. */
export function pages(environment: Environment): Readonly<Record<string, string>> {
  const sections = [
    probesSection,
    ...hostsWithRole(environment, 'balancer').flatMap((host) => [
      balancerSection(host.name, `requests through ${host.name}`, '*'),
      ...routedApps(environment, host).map(({ name }) =>
        balancerSection(host.name, `${name} through ${host.name}`, name),
      ),
    ]),
    ...environment.hosts.map(({ name }) => hostSection(name)),
  ]
  return Object.fromEntries(
    Object.keys(spans).map((span) => [`${span}.html`, page(environment, span, sections)]),
  )
}

/** Hosts tell of their probes once a minute. */
const probesSection: Section = {
  title: 'probes',
  graphs: [
    {
      title: 'red, by the host that asks',
      targets: [byNode('monitor.*.red', 1)],
      look: { yMin: '0', lineMode: 'connected' },
    },
  ],
}

/** Back-ends of apps have their names. */
function balancerSection(name: string, title: string, backend: string): Section {
  const of = (what: string) => `balancer.${name}.${backend}.*.${what}`
  return {
    title,
    graphs: [
      { title: 'requests per second', targets: [byNode(perSecond(of('requests.count')), 2, 3)] },
      { title: 'errors per second (5xx)', targets: [byNode(perSecond(of('errors.count')), 2, 3)] },
      { title: 'latency, ms', targets: [byNode(of('latency'), 2, 3)] },
    ],
  }
}

function hostSection(name: string): Section {
  const of = (what: string) => `hosts.${name}.${what}`
  const percent = { yMin: '0', yMax: '100' }
  return {
    title: name,
    graphs: [
      {
        title: 'cpu, %',
        targets: [byNode(of('cpu.percent-{system,user,nice,wait,interrupt,softirq,steal}'), 3)],
        look: { ...percent, areaMode: 'stacked' },
      },
      {
        title: 'memory',
        targets: [byNode(of('memory.memory-{used,buffered,cached,free}'), 3)],
        look: { areaMode: 'stacked', yUnitSystem: 'binary' },
      },
      { title: 'load', targets: [byNode(of('load.load.*'), 4)] },
      { title: 'disks, % used', targets: [byNode(of('df-*.percent_bytes-used'), 2)], look: percent },
      {
        title: 'network, bits per second',
        targets: [byNode(`scale(${of('interface-*.if_octets.{rx,tx}')},8)`, 2, 4)],
      },
    ],
  }
}

function byNode(target: string, ...nodes: readonly number[]): string {
  return `aliasByNode(${[target, ...nodes].join(',')})`
}

function perSecond(target: string): string {
  return `scaleToSeconds(${target},1)`
}

function page({ ecosystem, name }: Environment, span: string, sections: readonly Section[]): string {
  const links = Object.entries(spans).map(([other, { title }]) =>
    other === span
      ? `<b>${title}</b>`
      : `<a href="/${other === 'index' ? '' : `${other}.html`}">${title}</a>`,
  )
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="60">
<title>${ecosystem} ${name}</title>
<style>
body { font: 15px/1.4 system-ui, sans-serif; margin: 1.5rem; }
nav a, nav b { margin-right: 1rem; }
h2 { font-size: 1.1rem; margin: 1.5rem 0 0.5rem; }
img { width: 400px; height: 200px; margin: 0 0.5rem 0.5rem 0; border: 1px solid #ddd; }
</style>
</head>
<body>
<h1>${ecosystem} ${name}</h1>
<nav>${links.join(' ')} &middot; <a href="/composer">composer</a> <a href="/dashboard">dashboards</a></nav>
${sections.map((section) => sectionHtml(section, spans[span]?.from ?? '-1h')).join('\n')}
</body>
</html>
`
}

function sectionHtml({ title, graphs }: Section, from: string): string {
  const images = graphs.map(
    (graph) =>
      `<img loading="lazy" alt="${title}: ${graph.title}" src="${renderPath(graph, from).replaceAll('&', '&amp;')}">`,
  )
  return `<h2>${title}</h2>\n${images.join('\n')}`
}

function renderPath({ title, targets, look = {} }: Graph, from: string): string {
  const size = { width: '800', height: '400', fontSize: '16', lineWidth: '2', margin: '20' }
  const colours = { bgcolor: 'ffffff', fgcolor: '333333' }
  const query = new URLSearchParams({ title, from, ...size, ...colours, hideLegend: 'false', ...look })
  for (const target of targets) query.append('target', target)
  return `/render?${query}`
}
