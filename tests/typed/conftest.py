"""Where mypy is not installed, these tests are not collected: `tox -e types` has it and runs them."""

from importlib.util import find_spec

collect_ignore = [] if find_spec("mypy") else ["test_hosts.py"]
