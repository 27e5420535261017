/** A declared network edge: who may use which endpoint. */

/** `from` selects hosts by name, group or role, or is `operators` or `internet`; `to` is `host-or-role.endpoint`, or `internet.https` (model/edge.ts). */
export interface Flow {
  readonly from: string
  readonly to: string
}
