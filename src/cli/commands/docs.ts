/** `copse docs [TOPIC]`: the documentation that came with this copse. */
import { CopseError } from '../../lib/errors.ts'
import { defineCommand } from '../command.ts'
import { renderTable } from '../table.ts'
import { topics } from '../topics.ts'

export const command = defineCommand({
  words: ['[TOPIC]'],
  flags: [],
  more: 'Without a topic: the list of topics.',
  async run({ words: [wanted], screen }) {
    const all = topics()
    if (wanted === undefined) {
      screen.print(renderTable(all.map(({ name, title }) => [name, title])))
      return 0
    }
    const topic = all.find(({ name }) => name === wanted)
    if (!topic)
      throw new CopseError('usage', `there is no topic ${JSON.stringify(wanted)}`, {
        hint: `topics: ${all.map(({ name }) => name).join(' ')}`,
      })
    screen.print(await topic.read())
    return 0
  },
})
