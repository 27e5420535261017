import { expect, test } from 'vitest'
import { help } from './help.ts'

test('help of plan', async () => {
  expect(await help('plan')).toMatchInlineSnapshot(`
    "Usage: copse plan ENV [flags]

    show what would change; touch nothing

    Options:
      -l, --limit <HOST>     only these hosts: name, group, role or glob; repeatable
      --exclude <HOST>       all but these hosts; repeatable
      -p, --parallel <N>     hosts worked on at the same time; default 10
      --timeout <DURATION>   give up after this long, like \`10m\`
      --out <FILE>           save the plan for \`copse apply FILE\`
      --detailed-exitcode    exit 2 when something would change
      -h, --help             print help

    Examples:
      copse plan dev                          what \`copse up dev\` would change
      copse plan prod -l web --out web.plan   of the web hosts, saved for \`copse apply\`
    Exit codes: 0; 3 when some hosts could not be observed, 1 when none
    could, 5 when one is not who it should be.
    "
  `)
})

test('help of up', async () => {
  expect(await help('up')).toMatchInlineSnapshot(`
    "Usage: copse up ENV [flags]

    make the environment what the definition says, and verify it

    Options:
      -l, --limit <HOST>         only these hosts: name, group, role or glob;
                                 repeatable
      --exclude <HOST>           all but these hosts; repeatable
      -p, --parallel <N>         hosts worked on at the same time; default 10
      --timeout <DURATION>       give up after this long, like \`10m\`
      -y, --yes                  consent to what would be asked
      --lock-timeout <DURATION>  wait this long for another run to end; default 30s
      --versions-of <ENV>        install packages in the versions that ENV has,
                                 where a mirror still has them
      -h, --help                 print help

    Examples:
      copse up dev                           everything
      copse up dev -l web                    only the web hosts
      copse up staging --versions-of prod    with the package versions of prod, as long as nobody upgrades
    It asks nothing unless the environment is protected. To run it again is always safe: it goes on where it was.
    "
  `)
})

test('help of apply', async () => {
  expect(await help('apply')).toMatchInlineSnapshot(`
    "Usage: copse apply FILE [flags]

    apply a saved plan exactly

    Options:
      -p, --parallel <N>         hosts worked on at the same time; default 10
      --timeout <DURATION>       give up after this long, like \`10m\`
      -y, --yes                  consent to what would be asked
      --lock-timeout <DURATION>  wait this long for another run to end; default 30s
      -h, --help                 print help

    Example:
      copse plan prod --out prod.plan && copse apply prod.plan
    The file names its environment. Exit code 5 when a host is no longer as the plan found it.
    "
  `)
})

test('help of destroy', async () => {
  expect(await help('destroy')).toMatchInlineSnapshot(`
    "Usage: copse destroy ENV [HOST...] [flags]

    destroy the machines of an environment, or some of them

    Options:
      -l, --limit <HOST>         only these hosts: name, group, role or glob;
                                 repeatable
      --exclude <HOST>           all but these hosts; repeatable
      -p, --parallel <N>         hosts worked on at the same time; default 10
      --timeout <DURATION>       give up after this long, like \`10m\`
      -y, --yes                  consent to what would be asked
      --lock-timeout <DURATION>  wait this long for another run to end; default 30s
      --data                     also the data volumes of the named hosts
      --purge                    also what copse made on the box for them: network,
                                 images, engine, keys, history
      --packages                 with --purge: also the packages that copse
                                 installed on the box
      -h, --help                 print help

    Examples:
      copse destroy dev && copse up dev   everything anew
      copse destroy dev web2              one machine
    Data volumes of named hosts are kept, and used again by their next machines; without names they are deleted too.
    It asks where data is deleted or the environment is protected. Servers that copse did not make are never destroyed.
    "
  `)
})

test('help of rebuild', async () => {
  expect(await help('rebuild')).toMatchInlineSnapshot(`
    "Usage: copse rebuild ENV [HOST...] [flags]

    destroy some machines and make them again

    Options:
      -l, --limit <HOST>         only these hosts: name, group, role or glob;
                                 repeatable
      --exclude <HOST>           all but these hosts; repeatable
      -p, --parallel <N>         hosts worked on at the same time; default 10
      --timeout <DURATION>       give up after this long, like \`10m\`
      -y, --yes                  consent to what would be asked
      --lock-timeout <DURATION>  wait this long for another run to end; default 30s
      --cold                     install everything anew, without a golden image
      -h, --help                 print help

    Examples:
      copse rebuild dev web1
      copse rebuild dev -l '*'    every machine, named on purpose
    Data volumes are kept.
    "
  `)
})

test('help of adopt', async () => {
  expect(await help('adopt')).toMatchInlineSnapshot(`
    "Usage: copse adopt ENV [flags]

    take over an environment that another operator has made on this box

    Options:
      -y, --yes                  consent to what would be asked
      --lock-timeout <DURATION>  wait this long for another run to end; default 30s
      -h, --help                 print help

    Whoever ran \`copse up ENV\` first holds the only key to its machines. With the same config in a checkout of
    your own, and access to the container engine (root or its group), you take that over: each machine gets your key
    in place of theirs, and its host key is read through the engine and pinned. Machines, data and names stay as they
    are and nothing restarts; who held the way in before is told so, and can adopt it back. The keys of \`people\`,
    keys that somebody else put there, and logins that are open are not touched. Secrets that they kept on this machine
    become yours too, if you may read them; else the next up makes others. Cut short, run it again.
    It shows what it would take over and asks; --yes answers.
    Exit codes: 0, also when all of it is yours already; 5 when not confirmed, or when it is not clear which is meant.
    "
  `)
})

test('help of secrets', async () => {
  expect(await help('secrets')).toMatchInlineSnapshot(`
    "Usage: copse secrets ENV [list|set|get|edit] [NAME] [flags]

    what is kept secret: list, set, get, edit

    Options:
      -y, --yes                  consent to what would be asked
      --lock-timeout <DURATION>  wait this long for another run to end; default 30s
      --generate [N]             set: N random letters and digits; default: as many
                                 as the config asks for, or 32
      -h, --help                 print help

    Examples:
      copse secrets prod                            names, where they are used, which are missing; never a value
      copse secrets prod set smtp-password          asks for it, or reads it: ... set smtp-password < FILE
      copse secrets prod set app-key --generate     another one than up has made
      copse secrets prod get smtp-password          prints it
      copse secrets prod edit                       all of them, as JSON in your editor
    Hosts have a new value after the next up. Where it is kept is the environment's \`secrets\` in the config: 'local' or 'repo'.
    "
  `)
})

test('help of restore', async () => {
  expect(await help('restore')).toMatchInlineSnapshot(`
    "Usage: copse restore ENV [DATA] [flags]

    bring data back from a kept dump, or prove that it could be

    Options:
      -l, --limit <HOST>         only these hosts: name, group, role or glob;
                                 repeatable
      --exclude <HOST>           all but these hosts; repeatable
      -p, --parallel <N>         hosts worked on at the same time; default 10
      --timeout <DURATION>       give up after this long, like \`10m\`
      -y, --yes                  consent to what would be asked
      --lock-timeout <DURATION>  wait this long for another run to end; default 30s
      --list                     only show the dumps that are kept
      --drill                    restore the newest dumps beside the data, compare,
                                 and remove them again
      --from <DUMP>              this dump, as --list names it; default: the newest
      -h, --help                 print help

    Examples:
      copse restore dev --list        every kept dump
      copse restore dev --drill       could each database be restored?
      copse restore dev repo --yes    the newest dump takes the place of the database
    What the data was before is kept beside it until the next restore. Exit codes: 1 a drill is red, 5 not confirmed.
    "
  `)
})
