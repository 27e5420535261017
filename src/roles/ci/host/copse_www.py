"""Debian has no package of Buildbot's pages, without which its REST API is not served: this has none and is enough."""
import os

from twisted.web import resource


class Headless:
    description = 'the REST API alone'
    version = '1'
    # Buildbot reads index.html here; nginx serves it.
    static_dir = os.path.join(os.path.dirname(__file__), 'page')
    ui = False

    def __init__(self):
        self.resource = resource.Resource()

    def setMaster(self, master):
        self.master = master

    def setConfiguration(self, config):
        self.config = config


ep = Headless()
