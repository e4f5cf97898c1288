from collections.abc import Callable, Iterator
from pathlib import Path

from typer.main import get_command
from typer.testing import CliRunner

from streams.cli.app import app

HERE = Path(__file__).parent


def _commands() -> Iterator[list[str]]:
    """Every command as the words that call it, groups before what is in them."""

    def below(command: object, words: list[str]) -> Iterator[list[str]]:
        yield words
        for name, child in getattr(command, "commands", {}).items():
            yield from below(child, [*words, name])

    yield from below(get_command(app), [])


def test_help(golden: Callable[[Path, bytes], None]) -> None:
    pages = []
    for words in _commands():
        result = CliRunner().invoke(app, [*words, "--help"], prog_name="postloan", env={"COLUMNS": "100"})
        assert result.exit_code == 0
        pages.append(f"$ {' '.join(['postloan', *words])} --help\n{result.stdout}")
    golden(HERE / "help.txt", "\n".join(pages).encode())


def test_features_list(golden: Callable[[Path, bytes], None]) -> None:
    result = CliRunner().invoke(app, ["features", "list"])
    assert result.exit_code == 0
    golden(HERE / "features.txt", result.stdout_bytes)
