# How the master starts; Buildbot's own tools read the two names below.
from buildbot.master import BuildMaster
from twisted.application import service

basedir = '/var/lib/ci'
configfile = '/usr/local/lib/copse/ci/master.cfg'

application = service.Application('buildmaster')
BuildMaster(basedir, configfile).setServiceParent(application)
