/** Whether a service is on its way out: it still answers, and asks to be sent nothing new. */

export interface Drain {
  readonly isDraining: boolean
  begin(): void
}

export function makeDrain(): Drain {
  let isDraining = false
  return {
    get isDraining() {
      return isDraining
    },
    begin() {
      isDraining = true
    },
  }
}
