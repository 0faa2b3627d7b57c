"""The doors of bulk acts: backfill, reconcile and import, simulated first, handed to workers, gone on with, stopped and undone."""

from __future__ import annotations

from django_badger._engine.importing import import_awards, simulate_import
from django_badger._engine.runners import enqueue, enqueue_undo, work
from django_badger._engine.runs import backfill, cancel, reconcile, resume
from django_badger._engine.simulating import Change, Simulated, simulate
from django_badger._engine.undoing import undo
from django_badger.report import Report
from django_badger.results import Imported, ImportedLine

__all__ = [
    "Change", "Imported", "ImportedLine", "Report", "Simulated", "backfill", "cancel", "enqueue", "enqueue_undo", "import_awards",
    "reconcile", "resume", "simulate", "simulate_import", "undo", "work",
]  # fmt: skip
