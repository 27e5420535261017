import { expect, test } from 'vitest'
import { execWord, timer } from './timer.ts'

test('a timer is a service, its timer, and the files of both', () => {
  const made = timer('backup', {
    command: 'backup --all',
    onCalendar: 'daily',
    user: 'backup',
    description: '50% of all',
  })
  expect(made.flat(3)).toMatchObject([
    {
      key: '/etc/systemd/system/backup.service',
      spec: {
        content:
          '[Unit]\nDescription=50%% of all\n\n[Service]\nType=oneshot\nExecStart=/bin/sh -c "backup --all"\nUser=backup\n',
      },
    },
    {
      key: '/etc/systemd/system/backup.timer',
      spec: {
        content:
          '[Unit]\nDescription=50%% of all\n\n[Timer]\nOnCalendar=daily\nPersistent=true\n\n[Install]\nWantedBy=timers.target\n',
      },
    },
    {
      kind: 'unit',
      key: 'backup.timer',
      spec: {
        restartOn: ['/etc/systemd/system/backup.service', 'file /etc/systemd/system/backup.timer'],
      },
    },
  ])
})

test.each([
  ['a b', '"a b"'],
  ['100% $HOME', '"100%% $$HOME"'],
  ['say "x"', '"say \\"x\\""'],
  ['a\\nb', '"a\\\\nb"'],
  ['a\n  b', '"a\\n  b"'],
])('%j is one word for systemd, which changes nothing in it', (command, word) => {
  expect(execWord(command)).toBe(word)
})

test('a timer without a time is refused', () => {
  expect(() => timer('backup', { command: 'true' })).toThrow('needs onCalendar, onBootSec or onUnitActiveSec')
})

test.each([
  ['name', { name: '../x' }],
  ['onCalendar', { onCalendar: 'daily\nExecStart=x' }],
  ['user', { user: 'a b' }],
  ['command', { command: 'a\0b' }],
])('a %s that would break the files is refused', (field, wrong) => {
  const { name, ...options } = { name: 'backup', command: 'true', onBootSec: '5min', ...wrong }
  expect(() => timer(name, options)).toThrow(`timer: ${field}: must`)
})
