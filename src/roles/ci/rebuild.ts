/** The job that every CI host with apps has: it builds and tests them, and deploys what is green. Pure. */
import type { App } from 'copse'
import type { Job, Step } from './jobs.ts'

/** What a step of copse's own job may say besides. */
export interface OwnStep extends Step {
  /** Lines `name value` that it prints become properties of the build. */
  readonly tells?: true
  /** Only for the branch that is deployed. */
  readonly deploys?: true
  /** Only for branches that go to another environment. */
  readonly promotes?: true
  /** Also after a step that failed. */
  readonly always?: true
}

export const rebuildName = 'rebuild'

/** When it starts by itself, and whether the CI host may deploy what it built. */
export interface RebuildOptions {
  readonly nightly: string
  readonly deploys: boolean
  /** Are there branches that go to another environment? */
  readonly promotes: boolean
}

/** Each app is built and tested before any is deployed. */
export function rebuildJob(
  apps: readonly Pick<App, 'name' | 'hosts'>[],
  { nightly, deploys, promotes }: RebuildOptions,
): Job<OwnStep> {
  const run = apps.filter(({ hosts }) => hosts.length > 0)
  const here = deploys ? run : []
  return {
    name: rebuildName,
    steps: [
      // biome-ignore lint/suspicious/noTemplateCurlyInString: of the shell
      { name: 'checkout', run: 'ci-do checkout "${CI_BRANCH:--}" "${CI_COMMIT:--}"', tells: true },
      ...apps.map(({ name }) => stepFor('build', name)),
      ...here.map(({ name }) => ({ ...stepFor('deploy', name), deploys: true as const })),
      ...here.map(({ name }) => ({ ...verifyStep(name), deploys: true as const })),
      ...(promotes && run.length > 0 ? [promoteStep] : []),
      publishStep(rebuildName),
    ],
    schedule: nightly,
    onChange: true,
  }
}

const promoteStep: OwnStep = {
  name: 'promote',
  run: 'ci-do promote "$CI_BRANCH" "$CI_COMMIT"',
  promotes: true,
}

/** One that does something with an app at the commit of the build. */
export function stepFor(verb: 'build' | 'deploy' | 'install', app: string): OwnStep {
  return { name: `${verb === 'install' ? 'deploy' : verb}-${app}`, run: `ci-do ${verb} ${app} "$CI_COMMIT"` }
}

/** Asks what was deployed. */
export function verifyStep(app: string): OwnStep {
  return { name: `verify-${app}`, run: `ci-do verify ${app}` }
}

/** The last one. */
export function publishStep(job: string): OwnStep {
  return { name: 'publish', run: `ci-do publish ${job} "$CI_BUILD" "\${CI_COMMIT:--}"`, always: true }
}
