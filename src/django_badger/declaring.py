"""The word ``badge``: it takes what a site says about a badge, and gives the declaration."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NoReturn, Protocol, TypeVar, overload

from django.core.exceptions import ValidationError
from django.core.validators import validate_unicode_slug
from django.db.models import Model
from django.utils import timezone
from django.utils.functional import keep_lazy_text
from django.utils.translation import pgettext_lazy

from django_badger.definitions import Declaration, Retention, Tiers
from django_badger.exceptions import BadDeclaration, declared_at
from django_badger.registry import registry
from django_badger.rules.happening import Happened
from django_badger.rules.protocol import Rule
from django_badger.rules.reaching import Number, Tally, is_number

if TYPE_CHECKING:
    from django.utils.functional import Promise

S = TypeVar("S")
S_co = TypeVar("S_co", covariant=True)
Recipients = Model | Iterable[Model] | None


class TriggerOf(Protocol[S_co]):
    """A trigger whose function is called with an ``S_co``."""

    def wakes_on(self) -> frozenset[str]:
        """Return the keys of the events it wakes on."""

    def fits(self, event: Any) -> bool:
        """Whether the function is to be asked about this event."""

    def subject_of(self, event: Any) -> S_co:
        """Return what the function is called with."""


#: Names of tiers that are translated with the library.
TIER_NAMES = {
    "bronze": pgettext_lazy("tier", "bronze"),
    "silver": pgettext_lazy("tier", "silver"),
    "gold": pgettext_lazy("tier", "gold"),
    "platinum": pgettext_lazy("tier", "platinum"),
}


class _Badge:
    """``badge(…)`` declares one badge, ``badge.tiers(…)`` a series of them."""

    @overload
    def __call__(
        self,
        slug: str,
        *,
        title: str | Promise,
        description: str | Promise = ...,
        criteria: str | Promise = ...,
        image: str = ...,
        image_alt: str | Promise = ...,
        when: Rule | None = ...,
        progress: Number | None = ...,
        secret: bool = ...,
        mystery: bool = ...,
        repeatable: bool = ...,
        series: str = ...,
        tier: str = ...,
        tags: Sequence[str] = ...,
        valid_for: timedelta | None = ...,
        renews: bool = ...,
        starts: datetime | None = ...,
        ends: datetime | None = ...,
        retention: Retention = ...,
        grace: timedelta | None = ...,
        formerly: str = ...,
    ) -> Declaration: ...
    @overload
    def __call__(
        self,
        slug: str,
        *,
        on: TriggerOf[S],
        title: str | Promise,
        description: str | Promise = ...,
        criteria: str | Promise = ...,
        image: str = ...,
        image_alt: str | Promise = ...,
        secret: bool = ...,
        mystery: bool = ...,
        repeatable: bool = ...,
        series: str = ...,
        tier: str = ...,
        tags: Sequence[str] = ...,
        valid_for: timedelta | None = ...,
        starts: datetime | None = ...,
        ends: datetime | None = ...,
        formerly: str = ...,
    ) -> Callable[[Callable[[S], Recipients]], Declaration]: ...
    def __call__(
        self,
        slug: str,
        *,
        title: str | Promise,
        when: Rule | None = None,
        on: TriggerOf[Any] | None = None,
        progress: Number | None = None,
        **options: Any,
    ) -> Declaration | Callable[[Callable[[Any], Recipients]], Declaration]:
        """Declare a badge.

        ``when`` is a rule; ``on`` makes it a decorator of a function that answers whom to award; ``progress`` is the
        goal of progress that the site reports itself. At most one of the three; with none, people award the badge.
        Everything else describes it: see :class:`~django_badger.definitions.Declaration`.
        Raises ``BadDeclaration``, or ``TypeError`` for an option that does not exist.
        """
        given = [name for name, value in (("when", when), ("on", on), ("progress", progress)) if value is not None]
        if len(given) > 1:
            msg = f"{declared_at()}: badge {slug!r} says {' and '.join(given)}: a badge is earned in one way, keep one"
            raise BadDeclaration(msg)
        options |= {"slug": _slug(slug), "title": _title(slug, title), "place": declared_at()}
        options["tags"] = _tags(slug, options.get("tags", ()))
        options["secret"] = bool(options.get("secret") or options.get("mystery"))
        if on is None:
            return _added(Declaration(when=_rule(slug, when), goal=_goal(slug, progress), **options))

        def declare(decide: Callable[[Any], Recipients]) -> Declaration:
            return _added(Declaration(on=on, decide=decide, **options))

        Declaration(on=on, **options)  # a misspelt option is told here, where it stands
        return declare

    def tiers(
        self,
        series: str,
        *,
        title: str | Promise,
        measure: Tally,
        description: str | Promise = "",
        criteria: str | Promise = "",
        image: str = "",
        secret: bool = False,
        mystery: bool = False,
        tags: Sequence[str] = (),
        **goals: int | Decimal,
    ) -> Tiers:
        """Declare a series of badges of one measure: ``bronze=10, silver=100, gold=1000``.

        ``{tier}`` in the texts and in the image's path becomes the tier's name. The slugs are ``series-tier``.
        """
        if not goals or list(goals.values()) != sorted(set(goals.values())):
            msg = f"{declared_at()}: the tiers of {series!r} must rise, the easiest first: bronze=10, silver=100"
            raise BadDeclaration(msg)
        made = {}
        for tier, goal in goals.items():
            name = TIER_NAMES.get(tier, tier)
            made[tier] = _added(
                Declaration(
                    slug=_slug(f"{series}-{tier}"), title=_of_tier(_title(series, title), name), series=series,
                    description=_of_tier(description, name) if description else "", tier=tier, criteria=criteria,
                    image=image.replace("{tier}", tier), secret=secret or mystery, mystery=mystery,
                    tags=_tags(series, tags), when=measure.reaches(goal), place=declared_at(),
                )
            )  # fmt: skip
        return Tiers(series, made)


@keep_lazy_text
def _of_tier(text: Any, tier: Any) -> str:
    """Return a text of a series, lazy or not, with the tier's name in it; other braces stay as they are."""
    return str(text).replace("{tier}", str(tier))


def _refuse_times(declaration: Declaration) -> None:
    """Refuse times that cannot be meant."""
    moments: dict[str, Any] = {"starts": declaration.starts, "ends": declaration.ends}
    lengths: dict[str, Any] = {"valid_for": declaration.valid_for, "grace": declaration.grace}
    for option, moment in moments.items():
        if moment is not None and (not isinstance(moment, datetime) or timezone.is_naive(moment)):
            _refuse(declaration, f"{option}={moment!r} is no aware datetime: write datetime(2026, 12, 1, tzinfo=UTC)")
    if declaration.starts and declaration.ends and declaration.ends <= declaration.starts:
        _refuse(declaration, f"ends={declaration.ends!r} is not after starts={declaration.starts!r}")
    for option, lasts in lengths.items():
        if lasts is not None and (not isinstance(lasts, timedelta) or lasts <= timedelta(0)):
            _refuse(
                declaration, f"{option}={lasts!r} is no time to last: write a timedelta above zero, or leave it out"
            )


def _refuse_ends(declaration: Declaration) -> None:
    """Refuse ways for awards to end, and to be renewed, that cannot come to pass."""
    ruled = declaration.when is not None or declaration.goal is not None
    if declaration.grace is not None and not declaration.lapses:
        _refuse(declaration, 'grace is for awards that lapse: write retention="while_true", or leave it out')
    if declaration.lapses and declaration.on is not None:
        _refuse(declaration, 'nobody can ask a function whether it is still true: leave out retention="while_true"')
    if declaration.lapses and _is_momentary(declaration.when):
        _refuse(declaration, 'an event is over when it has happened: leave out retention="while_true", or count rows')
    if declaration.renews and not (ruled and declaration.valid_for):
        _refuse(declaration, "renews=True is for badges with a rule and with valid_for: only those expire and are true")
    if declaration.repeatable and declaration.goal is not None and (declaration.lapses or declaration.renews):
        _refuse(declaration, "it is repeatable, so its progress brings new awards anyway: leave out repeatable=True")


def _is_momentary(rule: Any) -> bool:
    return isinstance(rule, Happened) or any(map(_is_momentary, getattr(rule, "parts", ())))


def _refuse(declaration: Declaration, why: str) -> NoReturn:
    msg = f"{declaration.place}: badge {declaration.slug!r}: {why}"
    raise BadDeclaration(msg)


def _added(declaration: Declaration) -> Declaration:
    _refuse_times(declaration)
    _refuse_ends(declaration)
    texts = [("series", declaration.series, 100), ("tier", declaration.tier, 40)]
    texts += [("tags", tag, 80) for tag in declaration.tags]
    for option, text, longest in texts:
        if len(text) > longest:
            _refuse(declaration, f"{option}: {text[:20]!r}… is longer than {longest}")
    registry.add(declaration)
    return declaration


def _tags(slug: str, tags: Any) -> tuple[str, ...]:
    if isinstance(tags, str) or not all(tags):
        msg = f'{declared_at()}: badge {slug!r}: tags={tags!r} are no tags: write a list of words, tags=["community"]'
        raise BadDeclaration(msg)
    return tuple(tags)


def _slug(slug: str) -> str:
    try:
        validate_unicode_slug(slug)
        speakable = bool(slug.strip("-_")) and len(slug) <= 100  # noqa: PLR2004  the column's length
    except ValidationError:
        speakable = False
    if not speakable:
        msg = (
            f"{declared_at()}: {slug!r} cannot be a slug: write up to 100 letters, digits and dashes, like 'first-post'"
        )
        raise BadDeclaration(msg)
    return slug


def _title(slug: str, title: Any) -> Any:
    if not title:
        msg = f'{declared_at()}: badge {slug!r} has an empty title: write title=_("…")'
        raise BadDeclaration(msg)
    return title


def _rule(slug: str, when: Any) -> Rule | None:
    if when is None or isinstance(when, Rule):
        return when
    hint = (
        "give it reaches=…"
        if isinstance(when, Tally)
        else "write by=… in it"
        if hasattr(when, "fits")
        else "see the reference of rules"
    )
    msg = f"{declared_at()}: badge {slug!r}: when={when!r} is no rule: {hint}"
    raise BadDeclaration(msg)


def _goal(slug: str, progress: Any) -> Decimal | None:
    if progress is None:
        return None
    if not is_number(progress) or progress < 1:
        msg = f"{declared_at()}: badge {slug!r}: progress={progress!r} is no goal: write an int or Decimal of 1 or more"
        raise BadDeclaration(msg)
    return Decimal(progress)


badge = _Badge()
