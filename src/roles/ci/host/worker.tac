# How the worker starts; its jobs run as the same account, which owns nothing else.
import os

from buildbot_worker.bot import Worker
from twisted.application import service

# What the jobs see of the environment is what this process has.
credentials = os.environ.pop('CREDENTIALS_DIRECTORY')
with open(os.path.join(credentials, 'worker-password'), encoding='utf-8') as text:
    password = text.read().strip()

application = service.Application('buildbot-worker')
# A master that was away is found again within five seconds.
Worker('127.0.0.1', 9989, 'worker', password, '/var/lib/ci-worker', keepalive=30, maxdelay=5).setServiceParent(application)
