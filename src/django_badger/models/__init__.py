"""The tables of the core. Import them from here; the modules below keep one direction.

That is: tag, badge, run, showcase, award, progress.
"""

from django_badger.models.award import Award, AwardQuerySet, award_uuid
from django_badger.models.badge import Badge, BadgeQuerySet, image_path
from django_badger.models.progress import Progress, ProgressKey
from django_badger.models.run import Run, RunRange
from django_badger.models.showcase import Showcase
from django_badger.models.tag import Tag

__all__ = [
    "Award",
    "AwardQuerySet",
    "Badge",
    "BadgeQuerySet",
    "Progress",
    "ProgressKey",
    "Run",
    "RunRange",
    "Showcase",
    "Tag",
    "award_uuid",
    "image_path",
]
