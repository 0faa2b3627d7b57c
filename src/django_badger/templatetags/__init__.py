"""Tags for Django templates: ``{% load badger %}``."""
