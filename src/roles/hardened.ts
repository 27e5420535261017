/** What a daemon of copse's own may not do, as lines of its unit: it needs neither privileges, homes nor devices. */
export const hardened = `NoNewPrivileges=yes
CapabilityBoundingSet=
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes`
