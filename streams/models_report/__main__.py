"""`python -m streams.models_report DATA OUT`: figures as OUT/models.json, a page as OUT/models.html."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from streams.models_report.goals import as_json, missed
from streams.models_report.page import page
from streams.models_report.run import SHUFFLES, run


def main(file: str, folder: str) -> int:
    """Run, write, tell; 1 if a goal was missed."""
    out = Path(folder)
    out.mkdir(parents=True, exist_ok=True)
    report = run(
        file,
        shuffles=SHUFFLES,
        told=lambda done, total: print(f"shuffle {done} of {total}", file=sys.stderr),  # noqa: T201
    )
    figures = as_json(report)
    (out / "models.json").write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    (out / "models.html").write_text(page(report), encoding="utf-8")
    for model, found in figures["taiwan"].items():
        print(f"{model:<22} AUC {found['auc']:.4f}  KS {found['ks']:.4f}  ECE {found['ece']:.4f}")  # noqa: T201
    print(f"wrote {out / 'models.json'} and {out / 'models.html'}", file=sys.stderr)  # noqa: T201
    for goal in missed(report):
        print(f"missed: {goal}", file=sys.stderr)  # noqa: T201
    return 1 if missed(report) else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
