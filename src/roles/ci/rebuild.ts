/** The job that every CI host with apps has: it builds and tests them, and deploys what is green. Pure. */
import type { Environment } from 'copse'
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

/** Each app is built and tested before any is deployed. */
export function rebuildJob({ apps }: Pick<Environment, 'apps'>, nightly: string): Job<OwnStep> {
  const each = (verb: string, words: string, more: Partial<OwnStep> = {}) =>
    apps.map(({ name }) => ({ name: `${verb}-${name}`, run: `ci-do ${verb} ${name}${words}`, ...more }))
  return {
    name: rebuildName,
    steps: [
      // biome-ignore lint/suspicious/noTemplateCurlyInString: of the shell
      { name: 'checkout', run: 'ci-do checkout "${CI_BRANCH:--}" "${CI_COMMIT:--}"', tells: true },
      ...each('build', ' "$CI_COMMIT"'),
      ...each('deploy', ' "$CI_COMMIT"', { deploys: true }),
      ...each('verify', '', { deploys: true }),
      // biome-ignore lint/suspicious/noTemplateCurlyInString: of the shell
      { name: 'publish', run: 'ci-do publish "$CI_BUILD" "${CI_COMMIT:--}"', always: true },
    ],
    schedule: nightly,
    onChange: true,
  }
}
