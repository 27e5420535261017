/** The files that `copse init` writes: a config that comes up as it is, and what an editor needs to complete it. Pure. */
import { basename } from 'node:path'
import { name as validName } from '../config/schema-words.ts'

/** What a starter config is written for. */
export interface Starter {
  /** The ecosystem's. */
  readonly name: string
  /** A network that is free on this box. */
  readonly subnet: string
}

/** The directory's name as that of an ecosystem: `My Lab` makes `my-lab`. */
export function starterName(directory: string): string {
  const hyphenated = basename(directory)
    .normalize('NFD')
    .replaceAll(/\p{Mark}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 50)
  const plain = hyphenated.replaceAll(/^-|-$/g, '')
  const isValid = (candidate: string) => validName.safeParse(candidate).success
  return [plain, `my-${plain}`].find(isValid) ?? 'starter'
}

/** The text of copse.config.ts. */
export function starterConfig({ name, subnet }: Starter): string {
  return `/** ${name}: a web server, and the DNS server that knows its name. */
import { defineEcosystem, dns, flow, incus, web } from 'copse'

export default defineEcosystem({
  name: '${name}',

  // Where it is made real. Every command names one of these: copse up dev.
  environments: {
    dev: {
      machines: incus({ box: 'local' }), // each host is a system container on this machine
      subnet: '${subnet}', // free on this machine when this was written; its first address is the gateway
      domain: '${name}.internal',
      prefix: 'dev', // the machine of the host web is devweb
    },
    // The same hosts on servers that you have already, over SSH; import \`existing\` too:
    // prod: {
    //   machines: existing({ user: 'ops', servers: { web: { address: '192.0.2.24' } } }),
    //   subnet: '10.20.0.0/24',
    //   domain: '${name}.example',
    //   protected: true,
    // },
  },

  // What there is, the same in every environment. \`at\` is the place of its address in the subnet.
  hosts: {
    dns: { at: 21, roles: [dns()] },
    web: {
      at: 24, // [24, 25] makes two that are alike, web1 and web2
      roles: [web({ site: { 'index.html': '<h1>${name}</h1>\\n' } })],
      names: ['www'], // also www.${name}.internal
    },
  },

  // Who may use which endpoint, besides what roles say themselves.
  flows: [flow('internet', 'web.http')],
})
`
}

/** The text of tsconfig.json: `import 'copse'` leads an editor to the copse whose directory is `root`. */
export function starterTsconfig(root: string): string {
  const path = (below: string) => JSON.stringify(`${root}/${below}`)
  return `// For editors and tsc only: copse itself does not read it. The paths are those of copse on this machine.
{
  "extends": ${path('tsconfig.json')},
  "compilerOptions": {
    "module": "preserve",
    "paths": { "copse": [${path('src/index.ts')}] },
    "typeRoots": [${path('node_modules/@types')}]
  },
  "include": ["**/*.ts"]
}
`
}
