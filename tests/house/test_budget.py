"""Modules and functions stay small; names say what is inside."""

import ast
from statistics import median

import pytest

from tests.house.places import modules, short, trees

FORBIDDEN = {"utils", "helpers", "common", "misc", "managers", "services"}
FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)


def test_no_module_is_longer_than_400_lines():
    long = {short(path): lines for path in modules() if (lines := len(path.read_text().splitlines())) > 400}

    assert not long, "split by concept, not by size"


def test_half_of_the_modules_have_at_most_100_lines():
    lines = [len(path.read_text().splitlines()) for path in modules()]

    assert median(lines) <= 100


def test_no_function_is_longer_than_40_lines():
    long = {
        f"{module}:{node.lineno} {node.name}": lines
        for module, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, FUNCTION) and (lines := length(node)) > 40
    }

    assert not long


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count the lines below the docstring, which may be as long as it must."""
    first = function.body[0]
    told = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    start = (first.end_lineno or first.lineno) if told else function.lineno
    return (function.end_lineno or function.lineno) - start + (1 if not told else 0)


def test_no_module_has_a_name_that_says_nothing():
    found = [short(path) for path in modules() if FORBIDDEN & {path.stem, *path.parent.parts}]

    assert not found


def test_no_model_overrides_save_or_delete():
    found = [
        f"{module}:{method.lineno} {node.name}.{method.name}"
        for module, tree in trees()
        if "/models/" in module or module.endswith("/models.py")
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        for method in node.body
        if isinstance(method, FUNCTION) and method.name in {"save", "delete", "asave", "adelete"}
    ]

    assert not found, "the engine writes; models hold"


def test_migrations_say_what_they_do():
    from tests.house.places import SOURCE

    unnamed = [short(path) for path in SOURCE.rglob("migrations/*_auto_*.py")]

    assert not unnamed


@pytest.mark.parametrize(
    ("source", "expected"),
    [("def f():\n    pass", 2), ('def f():\n    """Long."""\n    pass', 1), ('def f():\n    """L\n\n    o."""', 0)],
    ids=["plain", "told", "only told"],
)
def test_length_does_not_count_the_docstring(source, expected):
    node = ast.parse(source).body[0]

    assert isinstance(node, ast.FunctionDef)
    assert length(node) == expected
