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

/** Plain http, where it is served, is what a browser shows without having been told of the authority. */
function schemeOf(host: Host): 'http' | 'https' | undefined {
  if (hasDoor(host, 80)) return 'http'
  return hasDoor(host, 443) ? 'https' : undefined
}

function hasDoor({ endpoints }: Host, wanted: number): boolean {
  return endpoints.some(({ port, protocol }) => port === wanted && protocol === 'tcp')
}

/** Lines for the end of a run: each page, and how to see it where the names do not resolve. */
export function renderPages(environment: Environment): string {
  const pages = pagesOf(environment)
  const [first] = pages
  if (!first) return ''
  const [server] = hostsWithRole(environment, 'dns')
  const box = farBox(environment)
  return [
    ...pages.map(({ url, address }) => `  ${url}   at ${address}`),
    ...(isSecuredToo(environment, pages)
      ? [`  and over https, for whoever trusts what copse ca ${environment.name} export prints`]
      : []),
    ...(server && box === undefined
      ? [`  names are answered by ${server.machine} (${server.address}); without it:`]
      : []),
    ...(box === undefined ? [curlLine(first)] : forwardLines(first, box)),
  ]
    .map((line) => `${line}\n`)
    .join('')
}

function isSecuredToo({ hosts }: Environment, pages: readonly Page[]): boolean {
  return pages.some(({ url, address }) =>
    hosts.some((host) => url.startsWith('http:') && host.address === address && hasDoor(host, 443)),
  )
}

function curlLine({ url, address }: Page): string {
  return `  curl --resolve ${new URL(url).hostname}:${portOf(url)}:${address} ${url}`
}

/** This machine has no way to the address; OpenSSH has. */
function forwardLines({ url, address }: Page, box: string): readonly string[] {
  const [port, local] = portOf(url) === 443 ? [443, 8443] : [80, 8080]
  return [
    `  they are in the network of ${box}; from here:`,
    `  ssh -N -L ${local}:${address}:${port} ${box}   and then ${new URL(url).protocol}//localhost:${local}`,
  ]
}

function portOf(url: string): 80 | 443 {
  return new URL(url).protocol === 'https:' ? 443 : 80
}

/** The box that hosts are reached through, where that is another machine. */
function farBox({ provider }: Environment): string | undefined {
  return provider.provider === 'incus' && provider.box !== 'local' ? provider.box.ssh : undefined
}
