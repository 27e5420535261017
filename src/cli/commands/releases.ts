/** `copse releases ENV APP`: the releases of an app, and where each runs. */
import { appNamed } from '../app-named.ts'
import { defineCommand } from '../command.ts'
import { withEnvironment } from '../environment.ts'
import { type SessionFlags, sessionFlags } from '../flags.ts'
import { releasesOf, renderReleases } from '../render-releases.ts'
import { printDocument } from '../schemas.ts'

export const command = defineCommand<SessionFlags>({
  words: ['ENV', 'APP'],
  flags: sessionFlags,
  more: `A release is an artifact with a config. "good" is one that all hosts of the app have run with every probe green;
hosts keep the newest five, the host with the role ci remembers more.`,
  run: (invocation) =>
    withEnvironment(invocation, async ({ session }) => {
      const { screen, flags } = invocation
      const { environment } = session.desired
      const app = appNamed(invocation, environment)
      await session.releases.look(session, await session.provider.list(session.providerContext))
      const releases = releasesOf(session.releases.sightings, app.name)
      if (flags.json)
        printDocument(screen, 'releases', {
          environment: environment.name,
          app: app.name,
          releases: releases.map(({ at, hosts, kept, ...one }) => ({
            ...one,
            hosts: [...hosts],
            kept: [...kept],
            at: at.toISOString(),
          })),
        })
      else screen.print(renderReleases(releases, app.name, screen.paint))
      return 0
    }),
})
