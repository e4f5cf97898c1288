from collections.abc import Callable
from pathlib import Path

from typer.testing import CliRunner

from streams.cli.app import app


def test_demo_on_a_tiny_book(golden: Callable[[Path, bytes], None]) -> None:
    arguments = ["demo", "--cardholders", "60", "--months", "10", "--seed", "3"]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.stderr
    golden(Path(__file__).with_name("demo.txt"), result.stdout_bytes)
    assert CliRunner().invoke(app, arguments).stdout_bytes == result.stdout_bytes
