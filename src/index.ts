/** The library's whole public API: what configs and roles import from `copse`. */
export { z } from 'zod'
export type { AllowanceDefinition } from './config/allow.ts'
export { allow } from './config/allow.ts'
export type { AppDefinition, AppOptions } from './config/app.ts'
export { app } from './config/app.ts'
export type {
  AcmeDefinition,
  AlertDefinition,
  Ecosystem,
  EcosystemDefinition,
  EnvironmentDefinition,
  HostDefinition,
  HostInput,
  PersonDefinition,
  PromotionDefinition,
  PublishedDefinition,
} from './config/define.ts'
export { defineEcosystem } from './config/define.ts'
export { env } from './config/env.ts'
export type { FlowDefinition } from './config/flow.ts'
export { flow } from './config/flow.ts'
export type { ExistingSettings, IncusSettings, Machines } from './config/providers.ts'
export { existing, incus } from './config/providers.ts'
export { digestOf } from './lib/digest.ts'
export { parseAddress, parseSubnet, reverseName, reverseZone } from './lib/ipv4.ts'
export type { App, AppAssets, AppProcess, AppSource } from './model/app.ts'
export { portsOf, unitOfProcess } from './model/app.ts'
export type { Balanced } from './model/desired.ts'
export type { Edge } from './model/edge.ts'
export { edgesOf, endOf } from './model/edge.ts'
export type { Acme, Endpoint, Environment, Host, MailAlert, Promotion } from './model/environment.ts'
export { hostsWithRole } from './model/environment.ts'
export type { Place } from './model/place.ts'
export type { Probe } from './model/probe.ts'
export type { ResourceList } from './model/resource.ts'
export type { FinishInput, Role, RoleInput, Use } from './model/role.ts'
export { defineRole, tcp, udp } from './model/role.ts'
export type { SecretForm, SecretReference, SecretText, SecretTextValue } from './model/secret.ts'
export { askProgram } from './probes/asking.ts'
export { probe } from './probes/index.ts'
export { questionsText } from './probes/questions.ts'
export type { AptSourceOptions } from './resources/apt-source.ts'
export { aptSource } from './resources/apt-source.ts'
export type { ArchiveOptions } from './resources/archive.ts'
export { archive } from './resources/archive.ts'
export { authorizedKey, authorizedKeys } from './resources/authorized-keys.ts'
export type { CertificateOptions } from './resources/certificate.ts'
export { certificate, commonNameOf } from './resources/certificate.ts'
export type { CommandOptions } from './resources/command.ts'
export { command } from './resources/command.ts'
export type { DirectoryOptions } from './resources/directory.ts'
export { directory } from './resources/directory.ts'
export type { FileBody, FileOptions } from './resources/file.ts'
export { file } from './resources/file.ts'
export type { GroupOptions } from './resources/group.ts'
export { group } from './resources/group.ts'
export type { LineOptions } from './resources/line.ts'
export { line } from './resources/line.ts'
export { link } from './resources/link.ts'
export type { MaskOptions } from './resources/mask.ts'
export { mask } from './resources/mask.ts'
export type { PackageOptions } from './resources/package.ts'
export { pkg, pkgs } from './resources/package.ts'
export type { ReleaseOptions } from './resources/release.ts'
export { release } from './resources/release.ts'
export type { SecretOptions } from './resources/secret-text.ts'
export { quotedText, secret, secretText, sshPrivateKeyOf, sshPublicKeyOf } from './resources/secret-text.ts'
export { sysctl } from './resources/sysctl.ts'
export type { TimerOptions } from './resources/timer.ts'
export { timer } from './resources/timer.ts'
export type { UnitOptions } from './resources/unit.ts'
export { unit } from './resources/unit.ts'
export type { UserOptions } from './resources/user.ts'
export { user } from './resources/user.ts'
export {
  backups,
  balancer,
  base,
  ci,
  dns,
  logs,
  metrics,
  postgres,
  postgresClient,
  web,
} from './roles/index.ts'
