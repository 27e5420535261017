/** What the kinds that stand on disk must stand on a real machine. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { archive, directory, file, line, link } from '../../src/index.ts'
import type { Resource } from '../../src/model/resource.ts'
import { withSources } from '../../src/resources/sources.ts'
import type { KindCase } from './kind-case.ts'

const at = '/srv/copse-case'
const access = (path: string) => `"$(stat -c '%U %G %a' ${path})"`

const cases: readonly KindCase[] = [
  {
    title: 'a file has its content, owner and mode, whatever takes its place',
    resources: [file(`${at}/file`, { content: 'one\n\n', owner: 'games', group: 'mail', mode: 0o640 })],
    holds: `test ${access(`${at}/file`)} = 'games mail 640' && printf 'one\n\n' | cmp - ${at}/file`,
    breaks: [
      { by: `echo two >>${at}/file`, named: /^update file .*: content/m },
      { by: `chmod 666 ${at}/file`, named: /^update file .*: mode 0666, wanted 0640/m },
      { by: `chown root:root ${at}/file`, named: /^update file .*: owner root, wanted games; group root/m },
      { by: `rm ${at}/file`, named: /^create file /m },
      { by: `ln -sf /etc/passwd ${at}/file`, named: /^replace file .*: is a link, wanted a file/m },
      { by: `rm ${at}/file && mkdir ${at}/file`, named: /^replace file .*: is a directory, wanted a file/m },
    ],
    gone: `test ! -e ${at}/file && grep -q ^root: /etc/passwd && rm -rf ${at}`,
  },
  {
    title: 'a file that stood there before comes back',
    resources: [file(`${at}/mine`, { content: 'theirs\n' })],
    before: `mkdir ${at} && echo mine >${at}/mine && chmod 604 ${at}/mine`,
    holds: `grep -qx theirs ${at}/mine`,
    breaks: [{ by: `echo other >${at}/mine`, named: /^update file /m }],
    gone: `grep -qx mine ${at}/mine && test ${access(`${at}/mine`)} = 'root root 604' && rm -r ${at}`,
  },
  {
    title: 'a directory has its owner and mode, and an exclusive one no strangers',
    resources: [
      directory(`${at}/d`, { owner: 'games', mode: 0o750 }),
      directory(`${at}/only`, { exclusive: true, keep: ['kept'] }),
      file(`${at}/only/kept`, { content: '' }),
    ],
    holds: `test ${access(`${at}/d`)} = 'games root 750' && test "$(ls -A ${at}/only)" = kept`,
    breaks: [
      { by: `chmod 777 ${at}/d`, named: /^update directory .*: mode 0777, wanted 0750/m },
      { by: `mkdir -p ${at}/only/a/b && echo x >${at}/only/.x`, named: /^update directory .*only: /m },
      {
        by: `rmdir ${at}/d && echo x >${at}/d`,
        named: /^replace directory .*: is a file, wanted a directory/m,
      },
    ],
    gone: `test ! -e ${at}/d && test ! -e ${at}/only && rm -r ${at}`,
  },
  {
    title: 'a link points where it should',
    resources: [link(`${at}/link`, '/etc/passwd')],
    holds: `test "$(readlink ${at}/link)" = /etc/passwd`,
    breaks: [
      { by: `ln -sfn /etc ${at}/link`, named: /^update link .*: points at \/etc, wanted \/etc\/passwd/m },
      { by: `rm ${at}/link && echo x >${at}/link`, named: /^replace link .*: is a file, wanted a link/m },
      { by: `rm ${at}/link`, named: /^create link /m },
    ],
    gone: `test ! -L ${at}/link && grep -q ^root: /etc/passwd && rm -r ${at}`,
  },
  {
    title: 'a line stands once in a file that is not ours',
    resources: [line(`${at}/lines`, 'a = 1', { match: '^a *=' })],
    before: `mkdir ${at} && printf 'x\na=0\ny\n' >${at}/lines && chmod 640 ${at}/lines`,
    holds: `printf 'x\na = 1\ny\n' | cmp - ${at}/lines && test ${access(`${at}/lines`)} = 'root root 640'`,
    breaks: [
      { by: `echo a=2 >>${at}/lines`, named: /^update line /m },
      { by: `echo 'a = 1' >>${at}/lines`, named: /^update line /m },
      { by: `sed -i 's/^a.*/a=3/' ${at}/lines`, named: /^update line /m },
    ],
    gone: `! grep -q '^a = 1' ${at}/lines && grep -qx x ${at}/lines && grep -qx y ${at}/lines && rm -r ${at}`,
  },
]

/** The unpacked tree of a small archive; the resource names the archive and its digest, as loading a config does. */
function smallArchive(): { readonly resource: Resource; readonly source: string } {
  const directory = mkdtempSync(join(tmpdir(), 'copse-archive-'))
  const source = join(directory, 'tree.tar')
  writeFileSync(join(directory, 'page'), 'hello\n')
  execFileSync('tar', ['-C', directory, '-cf', source, 'page'])
  return { resource: withSources(archive(`${at}/tree`, { source, owner: 'games' }), readFileSync), source }
}

/** Every case leaves the machine as it found it. What is returned removes the files that the cases need here. */
export function diskCases(): { readonly cases: readonly KindCase[]; readonly [Symbol.dispose]: () => void } {
  const { resource, source } = smallArchive()
  const tree: KindCase = {
    title: 'an archive is unpacked, and nothing else stands there',
    resources: [resource],
    holds: `test "$(ls ${at}/tree)" = page && test "$(stat -c %U ${at}/tree/page)" = games`,
    breaks: [
      { by: `rm -r ${at}/tree && mkdir ${at}/tree && echo x >${at}/tree/mine`, named: /^replace archive /m },
      { by: `rm -r ${at}/tree && echo x >${at}/tree`, named: /^replace archive .*: is a file/m },
      { by: `rm -r ${at}/tree`, named: /^create archive /m },
    ],
    gone: `test ! -e ${at}/tree && rm -r ${at}`,
  }
  return { cases: [...cases, tree], [Symbol.dispose]: () => rmSync(join(source, '..'), { recursive: true }) }
}
