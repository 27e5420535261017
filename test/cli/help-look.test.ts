import { expect, test } from 'vitest'
import { help } from './help.ts'

test('help of init', async () => {
  expect(await help('init')).toMatchInlineSnapshot(`
    "Usage: copse init [DIR] [flags]

    write a starter config that comes up as it is

    Options:
      -h, --help             print help

    Writes copse.config.ts, and a tsconfig.json for editors; overwrites nothing. DIR is made; default: here.
      copse init demo && cd demo && copse up dev
    "
  `)
})

test('help of doctor', async () => {
  expect(await help('doctor')).toMatchInlineSnapshot(`
    "Usage: copse doctor [ENV] [flags]

    check this box and say how to mend it

    Options:
      --fix                  mend what is safe to mend: ids, inotify; as root
      -h, --help             print help

    Without ENV: what the environments of the config need of this box. Only --fix changes anything: it says what,
    and notes it in the journal of the box.
    Exit codes: 0 all is well, 1 otherwise.
    "
  `)
})

test('help of status', async () => {
  expect(await help('status')).toMatchInlineSnapshot(`
    "Usage: copse status|ps ENV [flags]

    hosts, addresses, states and roles

    Options:
      -p, --parallel <N>     hosts worked on at the same time; default 10
      --timeout <DURATION>   give up after this long, like \`10m\`
      -h, --help             print help

    Where hosts ask their probes by themselves: what they last found, how old that is, and what is red since when.
    With -v also what each system says of itself.
    "
  `)
})

test('help of verify', async () => {
  expect(await help('verify')).toMatchInlineSnapshot(`
    "Usage: copse verify ENV [flags]

    ask every probe

    Options:
      -l, --limit <HOST>     only these hosts: name, group, role or glob; repeatable
      --exclude <HOST>       all but these hosts; repeatable
      -p, --parallel <N>     hosts worked on at the same time; default 10
      --timeout <DURATION>   give up after this long, like \`10m\`
      --junit <FILE>         also write the verdicts as JUnit XML
      --watch [DURATION]     ask again this long after each round, default 10s,
                             until Ctrl-C, and print what changes
      -h, --help             print help

    With -l only the probes that ask about these hosts. Exit codes: 0 all green, 1 something is red; with --watch as the
    last whole round found it. What costs a host much, like a build of CI, is not asked in every round.
    "
  `)
})

test('help of drift', async () => {
  expect(await help('drift')).toMatchInlineSnapshot(`
    "Usage: copse drift ENV [flags]

    what on the hosts no longer matches; read-only

    Options:
      -l, --limit <HOST>     only these hosts: name, group, role or glob; repeatable
      --exclude <HOST>       all but these hosts; repeatable
      -p, --parallel <N>     hosts worked on at the same time; default 10
      --timeout <DURATION>   give up after this long, like \`10m\`
      -h, --help             print help

    Nothing on the hosts is changed; \`copse up ENV\` mends what is shown.
    Exit codes: 0 no drift, 2 drift; 3 when some hosts could not be observed, 1 when none
    could, 5 when one is not who it should be.
    "
  `)
})

test('help of dns', async () => {
  expect(await help('dns')).toMatchInlineSnapshot(`
    "Usage: copse dns ENV [flags]

    every name, its address, and what the server answers

    Options:
      -h, --help             print help

    Asked from this machine, or from the box where that is another one.
    Exit codes: 0 every answer is as wanted, 1 otherwise.
    "
  `)
})

test('help of ssh', async () => {
  expect(await help('ssh')).toMatchInlineSnapshot(`
    "Usage: copse ssh ENV HOST [WORD...] [flags] [-- WORD...]

    log in on a host

    Options:
      -h, --help             print help

    Examples:
      copse ssh dev web1
      copse ssh dev web1 -- journalctl -u nginx -f
    Who is in the environment's \`people\` goes in with their own key (of the ssh-agent, or in ~/.ssh) as the
    account that role base gives people, \`ops\`, and is root by sudo: the host's log says whose key it was. That
    needs no state of earlier runs, but an engine that may be asked for host keys. Everybody else goes in as copse
    itself does. A login that is open stays open when somebody is taken out of \`people\`:
    \`copse exec dev -- pkill -KILL -u ops\` ends all of that account.
    The exit code is that of ssh.
    "
  `)
})

test('help of ssh-config', async () => {
  expect(await help('ssh-config')).toMatchInlineSnapshot(`
    "Usage: copse ssh-config ENV [flags]

    print OpenSSH settings for the hosts

    Options:
      -l, --limit <HOST>     only these hosts: name, group, role or glob; repeatable
      --exclude <HOST>       all but these hosts; repeatable
      -h, --help             print help

    Example:
      copse ssh-config dev > ~/.ssh/copse-dev    and \`Include copse-dev\` at the top of ~/.ssh/config
    Then ssh devweb1, scp, rsync, git and editors go in as \`copse ssh\` does: with your own key where you are in
    the environment's \`people\`, else with that of copse.
    "
  `)
})

test('help of exec', async () => {
  expect(await help('exec')).toMatchInlineSnapshot(`
    "Usage: copse exec ENV [WORD...] [flags] [-- WORD...]

    run a command on hosts, as root

    Options:
      -l, --limit <HOST>     only these hosts: name, group, role or glob; repeatable
      --exclude <HOST>       all but these hosts; repeatable
      -p, --parallel <N>     hosts worked on at the same time; default 10
      --timeout <DURATION>   give up after this long, like \`10m\`
      -u, --user <NAME>      run as this user instead of root
      -h, --help             print help

    Examples:
      copse exec dev -l web -- systemctl status nginx   words go as they are
      copse exec dev -- 'df -h | tail -1'                one word is a line of shell
    Exit codes: the highest of the hosts', or 3 when one was unreachable.
    "
  `)
})

test('help of history', async () => {
  expect(await help('history')).toMatchInlineSnapshot(`
    "Usage: copse history ENV [flags]

    what was done, when and by whom

    Options:
      -h, --help             print help

    Newest first; the journal is kept on this machine. With -v also how each host fared.
    "
  `)
})

test('help of config', async () => {
  expect(await help('config')).toMatchInlineSnapshot(`
    "Usage: copse config ENV [flags]

    print the resolved definition as JSON

    Options:
      -h, --help             print help

    Names, addresses, resources and probes as copse understands them: one JSON document.
      copse config dev | jq '.hosts[].host.fqdn'
    "
  `)
})

test('help of docs', async () => {
  expect(await help('docs')).toMatchInlineSnapshot(`
    "Usage: copse docs [TOPIC] [flags]

    read the documentation

    Options:
      -h, --help             print help

    Without a topic: the list of topics.
    "
  `)
})

test('help of version', async () => {
  expect(await help('version')).toMatchInlineSnapshot(`
    "Usage: copse version [flags]

    print the version

    Options:
      -h, --help             print help

    With -v also the versions of Node and the system.
    "
  `)
})

test('help of images', async () => {
  expect(await help('images')).toMatchInlineSnapshot(`
    "Usage: copse images ENV [prune] [flags]

    the golden images that machines are copied from

    Options:
      -y, --yes                  consent to what would be asked
      --lock-timeout <DURATION>  wait this long for another run to end; default 30s
      -p, --parallel <N>         hosts worked on at the same time; default 10
      --timeout <DURATION>       give up after this long, like \`10m\`
      --all                      prune the fresh ones too; the next up makes them
                                 again
      -h, --help                 print help

    An image holds what several machines have in common: packages and settings, no name, address or key of any.
    It is made by the first up that needs it, used for a week, and shared by the environments of a box.
    "
  `)
})

test('help of ca', async () => {
  expect(await help('ca')).toMatchInlineSnapshot(`
    "Usage: copse ca ENV [export] [flags]

    the certificate authority of an environment

    Options:
      -h, --help             print help

    Example:
      copse ca dev export > office-dev.crt    for browsers and programs that are to trust the servers of dev
    The authority is made by the first up that needs a certificate. Its key is the secret ca-key; only up signs with it.
    "
  `)
})

test('help of ci', async () => {
  expect(await help('ci')).toMatchInlineSnapshot(`
    "Usage: copse ci status|logs|start|push|run|key ENV [JOB|BRANCH] [NUMBER] [flags]

    what the CI server has built: status, logs; start a job, push a branch

    Options:
      --ref <REF>                run: this branch, tag or commit; default: the
                                 folders as they are
      --deploy                   run: where all is green, deploy what was tested
      --machines                 run: where all is green, make the machines of apps
                                 anew, one by one behind their balancer
      -p, --parallel <N>         hosts worked on at the same time; default 10
      --timeout <DURATION>       give up after this long, like \`10m\`
      -y, --yes                  consent to what would be asked
      --lock-timeout <DURATION>  wait this long for another run to end; default 30s
      -n, --lines <N>            status: the newest N builds; default 20
      -h, --help                 print help

    Examples:
      copse ci status dev [JOB]            the newest builds, their tests, and the names of those that failed
      copse ci logs dev [JOB] [NUMBER]     what the steps of a build printed; default: the newest build
      copse ci start dev rebuild           starts a job and follows it
      copse ci push dev [BRANCH]           brings a branch of the repository around the config to git@git.DOMAIN:ECOSYSTEM.git
      copse ci run dev rebuild             the same steps on this box, on a machine made for that as the CI host is
      copse ci key dev                     the public key by which environments that promote builds know each other
    A push of the branch that the role names builds, tests and deploys every app; of another branch it only builds and tests.
    Whoever stops following a build does not stop it.
    run takes the folders as the config names them, committed or not, and deploys nothing unless told; the CI host need not be up.
    It alone makes machines anew: the CI host holds no key to the box.
    Exit codes: start and run end with 1 where the build is red.
    "
  `)
})
