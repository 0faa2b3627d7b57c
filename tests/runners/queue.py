"""A queue of the host's own: what waits, waits in a list."""

from django_badger import runs

JOBS: list[tuple[int, float]] = []


def enqueue(run_pk: int, *, delay: float) -> None:
    JOBS.append((run_pk, delay))


def done_at_once(run_pk: int, *, delay: float) -> None:
    runs.work(run_pk, whole=True)


def broken(run_pk: int, *, delay: float) -> None:
    raise ConnectionRefusedError("nobody is there")


NO_FUNCTION = "enqueue"
