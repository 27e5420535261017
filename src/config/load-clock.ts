/** A clock that is wrong by more than a year, so that a config that looks at the date shows it. */

const ahead = 400 * 24 * 3600 * 1000

/** Replaces this thread's `Date` until it is disposed of: what asks for the time is 400 days ahead. */
export function setClockAhead(): Disposable {
  const Real = Date
  globalThis.Date = new Proxy(Real, {
    construct: (target, given, made) =>
      Reflect.construct(target, given.length === 0 ? [Real.now() + ahead] : given, made),
    apply: () => new Real(Real.now() + ahead).toString(),
    get: (target, name, self) =>
      name === 'now' ? () => Real.now() + ahead : Reflect.get(target, name, self),
  })
  return {
    [Symbol.dispose]() {
      globalThis.Date = Real
    },
  }
}
