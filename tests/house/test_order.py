"""The tests run in random order, and every order can be had again."""

from itertools import pairwise
from types import SimpleNamespace
from typing import Any

from tests.conftest import shuffled


def items(*names: str) -> list[Any]:
    return [SimpleNamespace(nodeid=name) for name in names]


MANY = items(*(f"tests/{module}.py::TestThing::test_{number}" for module in "abcdef" for number in range(9)))


def names(found: list[Any]) -> list[str]:
    return [item.nodeid for item in found]


class TestRandomOrder:
    def test_is_the_same_under_the_same_seed(self):
        assert names(shuffled(MANY, 1)) == names(shuffled(MANY[::-1], 1))

    def test_is_another_under_another_seed(self):
        assert names(shuffled(MANY, 1)) != names(shuffled(MANY, 2))

    def test_leaves_nothing_out(self):
        assert sorted(names(shuffled(MANY, 1))) == sorted(names(MANY))

    def test_keeps_modules_together(self):
        modules = [name.partition("::")[0] for name in names(shuffled(MANY, 1))]
        changes = sum(one != other for one, other in pairwise(modules))

        assert changes == 5

    def test_of_some_is_that_of_all(self):
        some = set(names(MANY[::3]))

        assert names(shuffled(MANY[::3], 1)) == [name for name in names(shuffled(MANY, 1)) if name in some]
