"""A queue of the host's own: what waits, waits in a list."""

JOBS: list[tuple[int, float]] = []


def enqueue(run_pk: int, *, delay: float) -> None:
    JOBS.append((run_pk, delay))


def broken(run_pk: int, *, delay: float) -> None:
    raise ConnectionRefusedError("nobody is there")


NO_FUNCTION = "enqueue"
