"""The console script `postloan`: one file per command; heavy imports wait inside the commands."""


def main() -> None:
    """Entry point of the console script."""
    from streams.cli.app import run  # importing streams.cli alone must cost nothing

    run()
