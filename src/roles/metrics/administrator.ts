/** The one account of Graphite's own, whose password is a secret of the environment. */
import { command, file, type ResourceList, secret } from 'copse'
import { dataPath } from './carbon.ts'

const passwordPath = '/etc/graphite/admin-password'
const scriptPath = '/usr/local/lib/copse/graphite-admin'

/** `admin`, with the password of `copse secrets`; `variables` let Django find its settings. */
export function administrator(variables: string): ResourceList {
  return [
    file(passwordPath, { content: secret('graphite-admin', { generate: 30 }) }),
    file(scriptPath, { content: script, mode: 0o755 }),
    command(
      `setpriv --reuid _graphite --regid _graphite --clear-groups env ${variables} ${scriptPath} <${passwordPath}`,
      { name: "set the password of Graphite's admin", unless: `${scriptPath} --is-set <${passwordPath}` },
    ),
  ]
}

/** To look takes no Django, which would need a second for it; the password comes by standard input and is shown nowhere. */
const script = `#!/usr/bin/python3
"""Gives Graphite's admin the password on standard input; --is-set: does the account have it?"""
import base64
import hashlib
import sqlite3
import sys

password = sys.stdin.read()

if sys.argv[1:] == ['--is-set']:
    database = sqlite3.connect('file:${dataPath}/graphite.db?mode=ro', uri=True)
    query = "select password from auth_user where username = 'admin' and is_superuser and is_active"
    for (known,) in database.execute(query):
        kind, rounds, salt, digest = known.split('$')
        made = hashlib.pbkdf2_hmac('sha256', password.encode(), salt.encode(), int(rounds))
        sys.exit(0 if kind == 'pbkdf2_sha256' and base64.b64encode(made).decode() == digest else 1)
    sys.exit(1)

import os

os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'graphite.settings')
import django

django.setup()
from django.contrib.auth import get_user_model

user, _ = get_user_model().objects.get_or_create(username='admin')
user.is_active = user.is_staff = user.is_superuser = True
user.set_password(password)
user.save()
`
