"""Which database an award lives in, and which one a rule's data is read from."""

from django.db import router
from django.db.models import Model

from django_badger.models import Award


def award_alias() -> str:
    """Return the database that awards are written to. What decides is read there too, never from a replica."""
    return router.db_for_write(Award)


def source_alias(model: type[Model]) -> str:
    """Return the database in which a rule's data is always up to date."""
    return router.db_for_write(model)
