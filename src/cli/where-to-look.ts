/** The pages that an environment serves: what a browser is pointed at after `up`. Pure. */
import { type Environment, type Host, hostsWithRole } from '../model/environment.ts'

/** A page's address by name, and the IPv4 address that answers for it. */
export interface Page {
  readonly url: string
  readonly address: string
}

/** Every further name of a host with an http or https endpoint; where there is none, such hosts' own names. */
export function pagesOf(environment: Environment): readonly Page[] {
  const serving = environment.hosts.filter((host) => schemeOf(host) !== undefined)
  const named = serving.filter(({ names }) => names.length > 0)
  const pages = (host: Host, names: readonly string[]) =>
    names.map((name) => ({ url: `${schemeOf(host)}://${name}`, address: host.address }))
  return named.length > 0
    ? named.flatMap((host) =>
        pages(
          host,
          host.names.map((name) => `${name}.${environment.domain}`),
        ),
      )
    : serving.flatMap((host) => pages(host, [host.fqdn]))
}

function schemeOf({ endpoints }: Host): 'http' | 'https' | undefined {
  if (endpoints.some(({ port, protocol }) => port === 443 && protocol === 'tcp')) return 'https'
  return endpoints.some(({ port, protocol }) => port === 80 && protocol === 'tcp') ? 'http' : undefined
}

/** Lines for the end of a run: each page, and how to see it where the names do not resolve. */
export function renderPages(environment: Environment): string {
  const pages = pagesOf(environment)
  const [first] = pages
  if (!first) return ''
  const [server] = hostsWithRole(environment, 'dns')
  const { hostname, protocol } = new URL(first.url)
  const port = protocol === 'https:' ? 443 : 80
  return [
    ...pages.map(({ url, address }) => `  ${url}   at ${address}`),
    ...(server ? [`  names are answered by ${server.machine} (${server.address}); without it:`] : []),
    `  curl --resolve ${hostname}:${port}:${first.address} ${first.url}`,
  ]
    .map((line) => `${line}\n`)
    .join('')
}
