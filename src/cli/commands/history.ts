/** `copse history ENV`: what was done from here, when, by whom, and how it ended. */
import { readJournal } from '../../engine/journal.ts'
import { stateDirectory } from '../../engine/state.ts'
import { defineCommand } from '../command.ts'
import { desiredOf } from '../environment.ts'
import { renderHistory } from '../render-history.ts'
import { printDocument } from '../schemas.ts'

export const command = defineCommand({
  words: ['ENV'],
  flags: [],
  more: 'Newest first; the journal is kept on this machine. With -v also how each host fared.',
  async run(invocation) {
    const { file, environment } = await desiredOf(invocation)
    const { screen, flags } = invocation
    const runs = await readJournal(stateDirectory(file, environment))
    const newestFirst = runs.toReversed()
    if (flags.json)
      printDocument(screen, 'history', {
        environment: environment.name,
        runs: newestFirst.map((run) => ({ ...run, outcomes: [...run.outcomes] })),
      })
    else screen.print(renderHistory(newestFirst, { paint: screen.paint, isVerbose: flags.verbose > 0 }))
    return 0
  },
})
