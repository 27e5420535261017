/** The library's whole public API: what configs and roles import from `copse`. */
export { z } from 'zod'
export type {
  Ecosystem,
  EcosystemDefinition,
  EnvironmentDefinition,
  HostDefinition,
  HostInput,
  PersonDefinition,
} from './config/define.ts'
export { defineEcosystem } from './config/define.ts'
export { env } from './config/env.ts'
export type { FlowDefinition } from './config/flow.ts'
export { flow } from './config/flow.ts'
export type { ExistingSettings, IncusSettings, Machines } from './config/providers.ts'
export { existing, incus } from './config/providers.ts'
export { digestOf } from './lib/digest.ts'
export { parseSubnet, reverseName, reverseZone } from './lib/ipv4.ts'
export type { Endpoint, Environment, Host } from './model/environment.ts'
export { hostsWithRole } from './model/environment.ts'
export type { ResourceList } from './model/resource.ts'
export type { RoleInput } from './model/role.ts'
export { defineRole, tcp, udp } from './model/role.ts'
export { probe } from './probes/index.ts'

export { authorizedKeys } from './resources/authorized-keys.ts'
export { command } from './resources/command.ts'
export { directory } from './resources/directory.ts'
export { file } from './resources/file.ts'
export { line } from './resources/line.ts'
export { link } from './resources/link.ts'
export { pkg } from './resources/package.ts'
export { unit } from './resources/unit.ts'
export { user } from './resources/user.ts'
export { balancer, base, dns, web } from './roles/index.ts'
