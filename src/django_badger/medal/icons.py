"""Simple icons in a square of 24 by 24. Each is one or more paths; within a path, a shape in a shape is a hole."""

from __future__ import annotations

import re

from django_badger.medal.paths import ellipse, moved, star


def _facing(right: str) -> str:
    """Return a path's other side."""
    return moved(right, to=(24, 0), mirror=True)


_HANDLE = "M5 4L1.6 4C1.6 8.6 3 11 6.6 11.8L6 9.9C4.4 9.2 3.7 7.8 3.6 5.9L5 5.9Z"
_FIN = "M6.6 12L3.4 15.8L3.4 20.6L8 17.4Z"
_BRACKET = "M8 5.5L1.5 12L8 18.5L10 16.5L5.5 12L10 7.5Z"

ICONS: dict[str, tuple[str, ...]] = {
    "bolt": ("M13.8 1.5L4.5 13.6L11 13.6L9.4 22.5L19.5 9.6L12.8 9.6Z",),
    "book": (
        "M11.2 5.6C8.8 3.8 5.5 3.4 1.8 3.8L1.8 18.6C5.5 18.2 8.8 18.7 11.2 20.6Z",
        "M12.8 5.6C15.2 3.8 18.5 3.4 22.2 3.8L22.2 18.6C18.5 18.2 15.2 18.7 12.8 20.6Z",
    ),
    "bubble": (
        "M5 3L19 3Q22 3 22 6L22 14Q22 17 19 17L12 17L7 21.8L7 17L5 17Q2 17 2 14L2 6Q2 3 5 3Z"
        + ellipse(7.4, 10, 1.5)
        + ellipse(12, 10, 1.5)
        + ellipse(16.6, 10, 1.5),
    ),
    "camera": (
        "M4 6.5L7.4 6.5L9 4L15 4L16.6 6.5L20 6.5Q22 6.5 22 8.5L22 18Q22 20 20 20L4 20Q2 20 2 18L2 8.5Q2 6.5 4 6.5Z"
        + ellipse(12, 13, 4.7)
        + ellipse(12, 13, 2.8),
    ),
    "check": ("M9.3 20L1.8 12.5L4.6 9.7L9.3 14.4L19.4 4.2L22.2 7Z",),
    "clock": (
        ellipse(12, 12, 10.5) + ellipse(12, 12, 8),
        "M10.9 6L13.1 6L13.1 11.4L16.8 14.2L15.5 16L10.9 12.6Z",
    ),
    "code": (_BRACKET, _facing(_BRACKET)),
    "crown": (
        "M2 6.4L7.4 10.6L12 3.4L16.6 10.6L22 6.4L20 16.8L4 16.8Z",
        "M4 18.4L20 18.4L20 21L4 21Z",
    ),
    "flag": (
        "M3.6 1.8L6 1.8L6 22.2L3.6 22.2Z",
        "M7.4 3.2C10.6 1.4 13.6 5.2 20.8 3L20.8 13.2C13.6 15.4 10.6 11.6 7.4 13.4Z",
    ),
    "flame": (
        (
            "M12.4 1.2C13 6 18.8 8.6 18.8 14.8C18.8 19.3 15.7 22.4 12 22.4C8.3 22.4 5.2 19.3 5.2 15.2C5.2 12.2 6.6 10.2 7.8 8"
            "C8.6 9.2 9 10 9.4 11.2C11.6 8.6 12.4 5 12.4 1.2Z"
            "M12 20.2C10.3 20.2 9 18.9 9 17.2C9 15.2 11 14.2 12 12C13 14.2 15 15.2 15 17.2C15 18.9 13.7 20.2 12 20.2Z"
        ),
    ),
    "globe": (
        ellipse(12, 12, 10.4) + ellipse(12, 12, 8.5),
        ellipse(12, 12, 5.2, 10) + ellipse(12, 12, 3.5, 8.5),
        "M2.5 11.1L21.5 11.1L21.5 12.9L2.5 12.9Z",
    ),
    "heart": (
        (
            "M12 21.4C6 16.8 1.8 13.2 1.8 8.6C1.8 5.2 4.4 2.8 7.3 2.8C9.3 2.8 11 3.8 12 5.6"
            "C13 3.8 14.7 2.8 16.7 2.8C19.6 2.8 22.2 5.2 22.2 8.6C22.2 13.2 18 16.8 12 21.4Z"
        ),
    ),
    "key": (
        ellipse(7.6, 7.6, 5.8) + ellipse(7.2, 7.2, 2.4),
        "M10.2 12.2L12.2 10.2L22 20L20 22Z",
        "M15.8 16L19 12.8L20.7 14.5L17.5 17.7Z",
        "M19 19.2L21.4 16.8L23.1 18.5L20.7 20.9Z",
    ),
    "leaf": (
        "M21.4 2.6C11 2.6 3.8 7.2 3.8 14.2C3.8 15.4 4 16.5 4.5 17.5C7.8 12.4 12 8.6 17 6.3Z",
        "M21.4 2.6C21.4 13 16.4 19.8 9.6 19.8C8.3 19.8 7.2 19.5 6.3 19C9.4 13.6 13 9.7 17.7 7Z",
        "M4.5 18.6L6 19.7L4.2 22.4L2.7 21.3Z",
    ),
    "moon": (
        (
            "M20.8 14.8C19.5 15.4 18.1 15.7 16.6 15.7C11.7 15.7 8.3 12.2 8.3 7.4C8.3 5.7 8.7 4 9.5 2.6"
            "C5.2 3.8 2.2 7.6 2.2 12.2C2.2 17.6 6.5 22 11.9 22C16.1 22 19.6 19 20.8 14.8Z"
        ),
    ),
    "music": (
        ellipse(6.4, 18.6, 3.5, 3.1),
        ellipse(17.6, 16.4, 3.5, 3.1),
        "M7.6 5.4L21.1 2.4L21.1 16.6L18.8 16.6L18.8 8L9.9 10L9.9 18.6L7.6 18.6Z",
    ),
    "pen": (
        "M2.6 21.4L4.2 15.4L14.9 4.7L19.3 9.1L8.6 19.8Z",
        "M16.2 3.4L17.4 2.2Q18.6 1 19.8 2.2L21.8 4.2Q23 5.4 21.8 6.6L20.6 7.8Z",
    ),
    "people": (
        ellipse(8.8, 7.6, 4.1),
        "M1.4 20.6C1.4 15.8 4.6 13.4 8.8 13.4C13 13.4 16.2 15.8 16.2 20.6Z",
        ellipse(17.2, 8.8, 3.1),
        "M17.9 20.6C17.9 17.4 17 15.2 15.4 13.7C19.8 13 22.8 15.4 22.8 20.6Z",
    ),
    "rocket": (
        "M12 0.8C16 4 17 8.5 16.3 13.5L14.6 17L9.4 17L7.7 13.5C7 8.5 8 4 12 0.8Z" + ellipse(12, 8.4, 2.1),
        _FIN,
        _facing(_FIN),
        "M10 18.4L14 18.4L12 23.4Z",
    ),
    "shield": (
        (
            "M12 1.4L20.6 4.4L20.6 11C20.6 16.6 17 20.6 12 22.6C7 20.6 3.4 16.6 3.4 11L3.4 4.4Z"
            "M10.8 16.2L6.6 12L8.4 10.2L10.8 12.6L15.6 7.8L17.4 9.6Z"
        ),
    ),
    "star": (star(5, 11.6, 5.2, (12, 12.8)),),
    "trophy": (
        "M6.2 2.4L17.8 2.4L17.8 9C17.8 13 15.5 15.6 12 15.6C8.5 15.6 6.2 13 6.2 9Z",
        _HANDLE,
        _facing(_HANDLE),
        "M10.9 15L13.1 15L13.9 19.8L10.1 19.8Z",
        "M7 19.4L17 19.4L17 22L7 22Z",
    ),
}

_MEANT = """
    bolt: fast quick speed lightning energy sprint
    book: book reader reading read library study lesson course knowledge guide tutorial wiki documentation
    bubble: comment answer reply talk chat discussion question conversation message speaker
    camera: photo photographer photography camera picture
    check: done complete completed finisher verified tester quality
    clock: early punctual regular daily weekly streak hour year yearly anniversary
    code: code coder developer programmer hacker patch commit bug debugger
    crown: king queen champion leader best
    flag: first pioneer founder start goal mission milestone
    flame: fire flame hot burning
    globe: world globe global translator translation language localizer travel explorer
    heart: love heart kind kindness thanks helper help friend welcome care volunteer
    key: key unlock access
    leaf: leaf green garden nature eco tree
    moon: night moon owl midnight
    music: music song singer band sound
    pen: pen write writer writing author editor edit post blogger story wordsmith word
    people: people team community group meetup mentor recruiter event together
    rocket: rocket launch beginner boost space
    shield: shield guard guardian moderator security safe privacy defender
    star: star favourite favorite top
    trophy: trophy winner win contest master expert
"""
#: Which icon an English word in a slug brings.
WORDS = {
    word: line.partition(":")[0].strip()
    for line in _MEANT.strip().splitlines()
    for word in line.partition(":")[2].split()
}


def icon_for(slug: str) -> str:
    """Return the icon that a word in a slug brings: the first word that is known; nothing where none is."""
    words = re.split("[-_]+", slug.lower())
    known = (WORDS.get(word) or WORDS.get(word.removesuffix("s")) for word in words)
    return next((icon for icon in known if icon), "")
