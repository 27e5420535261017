/** Finds every problem of a definition at once. */
import type { Role } from '../model/role.ts'
import { checkAcme } from './checks/acme.ts'
import { checkAddresses } from './checks/addresses.ts'
import { checkAlert } from './checks/alert.ts'
import { checkAppDatabases } from './checks/app-databases.ts'
import { checkApps } from './checks/apps.ts'
import { checkAssets } from './checks/assets.ts'
import { checkBoxes } from './checks/boxes.ts'
import { checkCounts } from './checks/counts.ts'
import { checkDifferences } from './checks/differences.ts'
import { checkFlows } from './checks/flows.ts'
import { checkNames } from './checks/names.ts'
import { checkOrder } from './checks/order.ts'
import { checkPeople } from './checks/people.ts'
import { checkPromotions } from './checks/promotions.ts'
import { checkPublish } from './checks/publish.ts'
import { checkRoles } from './checks/roles.ts'
import { checkServers } from './checks/servers.ts'
import { checkVolumes } from './checks/volumes.ts'
import type { Ecosystem } from './define.ts'
import { type Reading, read } from './read.ts'

const checks = [
  checkAddresses,
  checkAlert,
  checkApps,
  checkAppDatabases,
  checkAssets,
  checkBoxes,
  checkCounts,
  checkNames,
  checkRoles,
  checkVolumes,
  checkOrder,
  checkFlows,
  checkServers,
  checkPublish,
  checkAcme,
  checkPromotions,
  checkPeople,
  checkDifferences,
]

/** The definition's valid parts with all problems; `implicit` are the roles that every host has. */
export function validate(ecosystem: Ecosystem, implicit: readonly Role[]): Reading {
  const { definition, problems } = read(ecosystem, implicit)
  return { definition, problems: [...problems, ...checks.flatMap((check) => check(definition))] }
}
