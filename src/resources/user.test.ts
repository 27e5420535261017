import { describe, expect, test } from 'vitest'
import type { Found } from './kind.ts'
import { type UserOptions, user, userKind } from './user.ts'

const around = { changing: new Set<string>(), digestOf: () => undefined }
const nologin = '/usr/sbin/nologin'
const there: Found = {
  uid: '1000',
  shell: nologin,
  home: '/home/ana',
  comment: '',
  groups: 'adm,www',
  locked: 'yes',
  homed: 'yes',
}

function plan(options: UserOptions, found?: Found) {
  const bound = userKind.bind(user('ana', options))
  const change = bound.diff(found, around)
  return { change, step: change && bound.apply(change, found) }
}

describe('found + wanted -> change', () => {
  test.each<[string, Found | undefined, UserOptions, unknown]>([
    ['a missing account is made', undefined, {}, { action: 'create', why: [] }],
    ['what is not said is left as it is', { ...there, uid: '7', home: '/srv', comment: 'x' }, {}, undefined],
    ['all that is said is there', there, { uid: 1000, home: '/home/ana', groups: ['www', 'adm'] }, undefined],
    ['another number', there, { uid: 1001 }, update('uid 1000, wanted 1001')],
    ['another shell', { ...there, shell: '/bin/sh' }, {}, update(`shell /bin/sh, wanted ${nologin}`)],
    ['another home', there, { home: '/srv' }, update('home /home/ana, wanted /srv')],
    ['another comment', there, { comment: 'Ana' }, update('comment , wanted Ana')],
    [
      'a group too few and one too many',
      there,
      { groups: ['adm', 'sudo'] },
      update('not in group sudo', 'in group www'),
    ],
    ['no groups at all', there, { groups: [] }, update('in group adm', 'in group www')],
    ['a password', { ...there, locked: 'no' }, {}, update('has a password, wanted none')],
    ['a missing home directory', { ...there, homed: 'no' }, {}, update('its home directory is missing')],
    ['a program needs none', { ...there, homed: 'no' }, { system: true }, undefined],
  ])('%s', (_title, found, options, change) => {
    expect(plan(options, found).change).toEqual(change)
  })

  function update(...why: readonly string[]) {
    return { action: 'update', why }
  }
})

describe('change -> commands', () => {
  test('an account is made with all that is said of it, and its home', () => {
    const { step } = plan({ uid: 1001, shell: '/bin/bash', groups: ['adm', 'www'], comment: "O'Neil; $(id)" })
    expect(step?.script.shell).toContain(
      `useradd --uid 1001 --shell /bin/bash --password '*' --groups adm,www --comment 'O'\\''Neil; $(id)' --no-create-home $own -- ana`,
    )
    expect(step?.script.shell).toContain('cp -rT /etc/skel "$home"')
    expect(step?.confirm).toBeUndefined()
  })

  test("a program's account gets a low number and no home directory", () => {
    const { step } = plan({ system: true })
    expect(step?.script.shell).toContain(`--password '*' --system --no-create-home`)
    expect(step?.script.shell).not.toContain('/etc/skel')
  })

  test('changing or removing an account waits for a new login', () => {
    const paths = ['/etc/passwd', '/etc/shadow', '/etc/group', '/etc/gshadow']
    expect(plan({ groups: [] }, there).step?.script.shell).toContain(`--groups '' -- ana`)
    expect(plan({ groups: [] }, there).step?.confirm).toEqual({ paths, reload: [] })
    expect(userKind.remove('ana', there).confirm).toEqual({ paths, reload: [] })
  })

  test('the home directory outlives the account', () => {
    expect(userKind.remove('ana', there).script.shell).toMatch(/userdel -- ana/)
  })
})

test.each(['', '-r', 'Ana', 'a:b', 'a b', '../x', 'a'.repeat(32)])('%j is no account name', (name) => {
  expect(() => user(name)).toThrow('must be a lower-case account name')
})

test.each(['a:b', 'a\nb'])('%j is no comment', (comment) => {
  expect(() => user('ana', { comment })).toThrow('comment: must not contain')
})
