"""The house keeps its sizes, its names and its distance from any package index."""

import ast
import gc
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

MOST_LINES = 400
MOST_LINES_OF_A_FUNCTION = 60

# Names that say where code was put, not what it is: everything ends up in them.
FORBIDDEN = {"util", "utils", "helper", "helpers", "common", "base", "manager", "managers"}

# Written in pieces: this file is searched, too.
INDEXES = [
    ".".join(name)
    for name in (
        ("pypi", "org"),
        ("pypi", "python", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("yarnpkg", "com"),
        ("crates", "io"),
        ("deb", "debian", "org"),
        ("ftp", "debian", "org"),
        ("security", "debian", "org"),
        ("archive", "ubuntu", "com"),
    )
]
INDEX_OPTION = re.compile(r"^\s*(-i|-f|--(extra-)?index-url|--find-links)\b", re.MULTILINE)


def _tree(folder: Path) -> Iterator[Path]:
    """Every file that is not a tool's own, for an archive without git."""
    for path in folder.iterdir():
        if path.name in {".git", ".venv", "__pycache__", "data", "build", "dist"}:
            continue
        if path.is_dir() and not path.is_symlink() and not path.name.endswith("_cache"):
            yield from _tree(path)
        elif path.is_file():
            yield path


def _files() -> list[Path]:
    """What git tracks, or would if it were added."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listing.returncode:
        return sorted(_tree(ROOT))
    # Another repository around an unpacked archive is not ours.
    named = {ROOT / name.decode() for name in listing.stdout.split(b"\0") if name}
    return sorted(path for path in named if path.is_file()) or sorted(_tree(ROOT))


@pytest.fixture(scope="module")
def files() -> list[Path]:
    """Every file of the repository."""
    return _files()


@pytest.fixture(scope="module")
def code(files: list[Path]) -> list[Path]:
    """The files people read as code."""
    return [path for path in files if path.suffix in {".py", ".sql"}]


@pytest.fixture(scope="module")
def trees(code: list[Path]) -> dict[Path, ast.Module]:
    """Every Python file, parsed."""
    # What the collector finds meanwhile may be logged, with a traceback, for which Python 3.11
    # parses as well; and its parser cannot be entered twice.
    gc.collect()
    gc.disable()
    try:
        return {path: ast.parse(path.read_bytes()) for path in code if path.suffix == ".py"}
    finally:
        gc.enable()


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def _length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from `def` to the end; the docstring is free, so that nobody saves on it."""
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    if ast.get_docstring(function, clean=False) is not None:
        docstring = function.body[0]
        lines -= (docstring.end_lineno or docstring.lineno) - docstring.lineno + 1
    return lines


def _top_level_imports(tree: ast.Module) -> set[str]:
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
    return names


def test_files_are_short(code: list[Path]) -> None:
    """Given all code, when its files are measured, then none is longer than the house allows."""
    sizes = {str(path.relative_to(ROOT)): _lines(path) for path in code}
    ours = [lines for name, lines in sizes.items() if name.startswith("bot/")]
    print(  # noqa: T201 -- `make check` shows it
        f"\nbot/: {len(ours)} files, median {statistics.median(ours):.0f} lines, "
        f"longest {max(ours)}; with the tests: {len(sizes)} files, longest {max(sizes.values())}"
    )

    assert {name: lines for name, lines in sizes.items() if lines > MOST_LINES} == {}


def test_functions_are_short(trees: dict[Path, ast.Module]) -> None:
    """Given all code, when its functions are measured, then each fits on a screen."""
    lengths = {
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}": _length(node)
        for path, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    too_long = {name: lines for name, lines in lengths.items() if lines > MOST_LINES_OF_A_FUNCTION}

    assert too_long == {}


def test_modules_are_named_for_what_they_are(code: list[Path]) -> None:
    """Given all modules and folders, when their names are read, then none is a drawer for odds."""
    vague = [
        str(path.relative_to(ROOT))
        for path in code
        for part in path.relative_to(ROOT).with_suffix("").parts
        if FORBIDDEN & set(part.lower().split("_"))
    ]

    assert vague == []


def test_core_imports_only_the_standard_library(trees: dict[Path, ast.Module]) -> None:
    """Given bot/core, when its imports are read, then each is Python's own or core's."""
    foreign = {
        str(path.relative_to(ROOT)): names
        for path, tree in trees.items()
        if path.is_relative_to(ROOT / "bot" / "core")
        and (names := _top_level_imports(tree) - sys.stdlib_module_names - {"bot"})
    }

    assert foreign == {}


def test_no_package_index_is_named(files: list[Path]) -> None:
    """Given every file, when it is searched, then no place to get packages from is named."""
    found = []
    for path in files:
        text = path.read_bytes().decode("utf-8", errors="replace")
        found += [f"{path.relative_to(ROOT)}: {index}" for index in INDEXES if index in text]
        if path.suffix == ".lock" and INDEX_OPTION.search(text):
            found.append(f"{path.relative_to(ROOT)}: names an index")

    assert found == []
