import { expect, test } from 'vitest'
import { help } from './help.ts'

test('help of diff', async () => {
  expect(await help('diff')).toMatchInlineSnapshot(`
    "Usage: copse diff ENV_A ENV_B [flags]

    how alike two environments are, and who answers for what is not

    Options:
      -l, --limit <HOST>     only these hosts: name, group, role or glob; repeatable
      --exclude <HOST>       all but these hosts; repeatable
      -p, --parallel <N>     hosts worked on at the same time; default 10
      --timeout <DURATION>   give up after this long, like \`10m\`
      --strict               compare also what changes by itself, such as the
                             numbers of accounts
      --junit <FILE>         also write what was compared as JUnit XML
      -h, --help             print help

    Nothing on the hosts is changed; the score goes to Graphite of both. A difference is allowed by the config, explained by what else differs, or undeclared;
    -v shows all of them. To sign for one, in the config: differences: [allow('why', { fact: 'unit', key: 'x.service' })].
    Exit codes: 0 nothing is undeclared, 2 something is, 3 some hosts could not be looked at, 1 none could.
    More: copse docs parity
    "
  `)
})
