/** The job that every CI host with apps has: it builds and tests them, and deploys what is green. Pure. */
import type { App } from 'copse'
import type { Job, Step } from './jobs.ts'

/** What a step of copse's own job may say besides. */
export interface OwnStep extends Step {
  /** Lines `name value` that it prints become properties of the build. */
  readonly tells?: true
  /** Only for the branch that is deployed. */
  readonly deploys?: true
  /** Also after a step that failed. */
  readonly always?: true
}

export const rebuildName = 'rebuild'

/** When it starts by itself, and whether the CI host may deploy what it built. */
export interface RebuildOptions {
  readonly nightly: string
  readonly deploys: boolean
}

/** Each app is built and tested before any is deployed. */
export function rebuildJob(
  apps: readonly Pick<App, 'name' | 'hosts'>[],
  { nightly, deploys }: RebuildOptions,
): Job<OwnStep> {
  const step = (verb: string, name: string, words = '') => ({
    name: `${verb}-${name}`,
    run: `ci-do ${verb} ${name}${words}`,
  })
  const run = deploys ? apps.filter(({ hosts }) => hosts.length > 0) : []
  return {
    name: rebuildName,
    steps: [
      // biome-ignore lint/suspicious/noTemplateCurlyInString: of the shell
      { name: 'checkout', run: 'ci-do checkout "${CI_BRANCH:--}" "${CI_COMMIT:--}"', tells: true },
      ...apps.map(({ name }) => step('build', name, ' "$CI_COMMIT"')),
      ...run.map(({ name }) => ({ ...step('deploy', name, ' "$CI_COMMIT"'), deploys: true as const })),
      ...run.map(({ name }) => ({ ...step('verify', name), deploys: true as const })),
      // biome-ignore lint/suspicious/noTemplateCurlyInString: of the shell
      { name: 'publish', run: 'ci-do publish "$CI_BUILD" "${CI_COMMIT:--}"', always: true },
    ],
    schedule: nightly,
    onChange: true,
  }
}
