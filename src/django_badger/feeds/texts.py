"""Texts as all formats can carry them."""

from __future__ import annotations

import re

from django.utils.html import linebreaks

#: What XML 1.0 cannot carry: most control characters, halves of pairs, and two that are no characters.
CANNOT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def plain(*texts: str) -> str:
    """Return texts as paragraphs of one, without what cannot be carried; empty ones are left out."""
    cleaned = (CANNOT.sub("", text).strip() for text in texts)
    return "\n\n".join(text for text in cleaned if text)


def line(text: str) -> str:
    """Return a text in one line, without what cannot be carried."""
    return " ".join(CANNOT.sub(" ", text).split())


def html(text: str) -> str:
    """Return a plain text as HTML, which readers of Atom, RSS and Activity Streams take it for."""
    return linebreaks(text, autoescape=True) if text else ""
