/** The one account of Graphite's own, whose password is a secret of the environment. */
import { command, file, type ResourceList, secret } from 'copse'
import { dataPath } from './carbon.ts'

const passwordPath = '/etc/graphite/admin-password'
const scriptPath = '/usr/local/lib/copse/graphite-admin'

/** `admin`, with the password of `copse secrets`. */
export function administrator(): ResourceList {
  return [
    file(passwordPath, { content: secret('graphite-admin', { generate: 30 }) }),
    file(scriptPath, { content: script, mode: 0o755 }),
    command(`setpriv --reuid _graphite --regid _graphite --clear-groups ${scriptPath} <${passwordPath}`, {
      name: "set the password of Graphite's admin",
      unless: `${scriptPath} --is-set <${passwordPath}`,
    }),
  ]
}

/** Done without Django, which would need a second to be loaded; the password comes by standard input and is shown nowhere. */
const script = `#!/usr/bin/python3
"""Gives Graphite's admin the password on standard input; --is-set: does the account have it?"""
import base64
import hashlib
import sqlite3
import sys

password = sys.stdin.read()
path = 'file:${dataPath}/graphite.db'


def encode(salt, rounds):
    digest = hashlib.pbkdf2_hmac('sha256', password.encode(), salt.encode(), int(rounds))
    return f'pbkdf2_sha256\${rounds}\${salt}\${base64.b64encode(digest).decode()}'


if sys.argv[1:] == ['--is-set']:
    database = sqlite3.connect(f'{path}?mode=ro', uri=True)
    query = "select password from auth_user where username = 'admin' and is_superuser and is_active"
    for (known,) in database.execute(query):
        # With other rounds once the admin has logged in.
        _, rounds, salt, _ = known.split('$')
        sys.exit(0 if known == encode(salt, rounds) else 1)
    sys.exit(1)

# Rounds are for passwords that people choose: this one is made of 30 random characters.
encoded = encode('copse', 1000)
with sqlite3.connect(f'{path}?mode=rw', uri=True, timeout=20) as database:
    database.execute(
        "insert into auth_user (username, password, is_superuser, is_staff, is_active, first_name, last_name, email, date_joined)"
        " values ('admin', ?, 1, 1, 1, '', '', '', datetime())"
        " on conflict (username) do update set password = excluded.password, is_superuser = 1, is_staff = 1, is_active = 1",
        [encoded],
    )
`
