"""The medal of a badge without an image: drawn from its slug, title and tier, the same on every machine."""

from __future__ import annotations

from django_badger.medal.composing import Layer, Medal, letters_of, medal
from django_badger.medal.drawing import png, svg

__all__ = ["Layer", "Medal", "letters_of", "medal", "png", "svg"]
