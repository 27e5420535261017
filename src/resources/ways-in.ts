/** Settings that decide who gets into a host: a change of one is taken back unless a new login works. */

/** Where they are, and what reads them again. */
const guarded: readonly { readonly paths: RegExp; readonly reload: readonly string[] }[] = [
  { paths: /^\/etc\/ssh\/sshd_config(\.d\/.*)?$/, reload: ['ssh'] },
  { paths: /^\/etc\/nftables\.conf$/, reload: ['nftables'] },
  // Each login reads these.
  { paths: /^\/etc\/(sudoers|pam\.d|security)(\.d)?(\/.*)?$/, reload: [] },
  { paths: /^\/etc\/(pam\.conf|nsswitch\.conf|shells|nologin|login\.defs|hosts\.(allow|deny))$/, reload: [] },
]

/** Their stop opens the host; that of netfilter-persistent leaves its rules where they are. */
const firewalls: readonly string[] = ['nftables', 'ufw', 'firewalld']

/** Is a start of this unit, by its short name, confirmed even where nobody says so? Pure. */
export function isFirewall(name: string): boolean {
  return firewalls.includes(name)
}

/** The units that a change of this file is confirmed with; undefined where it cannot lock anybody out. Pure. */
export function reloadedByWayIn(path: string): readonly string[] | undefined {
  return guarded.find(({ paths }) => paths.test(path))?.reload
}
