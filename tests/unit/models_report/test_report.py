import gzip
from pathlib import Path

import numpy as np
import pytest

from models.families import new
from models.families.blend import CARDS
from streams.models_report import goals
from streams.models_report.page import page
from streams.models_report.prequential import prequential
from streams.models_report.run import BATCH, ONLINE, Report, one_shuffle
from streams.models_report.taiwan import taiwan_book

DATA = Path(__file__).parents[2] / "data" / "taiwan-credit-default.csv.gz"


@pytest.fixture(name="some", scope="module")
def _some(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first 900 cardholders."""
    with gzip.open(DATA, "rt", encoding="utf-8") as lines:
        text = "".join(line for line, _ in zip(lines, range(901), strict=False))
    file = tmp_path_factory.mktemp("taiwan") / "some.csv"
    file.write_text(text, encoding="utf-8")
    return file


def test_features_tell_of_months_and_their_sums(some: Path) -> None:
    book = taiwan_book(some)
    assert book.rows.shape == (900, len(book.names))
    first = dict(zip(book.names, book.rows[0].tolist(), strict=True))
    assert first["limit"] == 20_000
    assert (first["status.0"], first["balance.0"], first["paid.1"]) == (2, 3_913, 689)
    assert (first["late.max"], first["late.months"], first["late.since"]) == (2, 2, 0)
    assert first["utilisation.0"] == pytest.approx(3_913 / 20_000)
    assert np.isnan(first["paid_share.4"])  # nothing was billed
    assert not any(word in name for name in book.names for word in ("sex", "age.", "marriage", "education"))


def test_a_blend_is_the_average_of_its_members(some: Path) -> None:
    book = taiwan_book(some)
    runs = [prequential(family, book.names, book.rows, book.labels).pds for family in ("logistic", *CARDS)]
    odds = np.mean([np.log(pds / (1 - pds)) for pds in runs], axis=0)
    blend = new("blend", book.names)
    for row, label in zip(book.rows[:-1], book.labels[:-1].tolist(), strict=True):
        blend.learn(row, label)
    assert blend.predict(book.rows[-1]) == pytest.approx(1 / (1 + np.exp(-odds[-1])), abs=1e-9)


def test_the_page_holds_every_part(some: Path) -> None:
    pytest.importorskip("lightgbm")
    pytest.importorskip("matplotlib")
    found = one_shuffle(str(some), 0)
    book = taiwan_book(some)
    figures = {
        name: {"auc": 0.78, "ks": 0.43, "ece": 0.01, "brier": 0.13} for name in (*ONLINE, "blend", BATCH)
    }
    figures["scorecard"]["auc"] = 0.7
    report = Report(book, figures, figures, found, "blend", 1)
    text = page(report)
    assert text.count("<svg") == 6
    for part in (
        "Ranking",
        "Separation",
        "Calibration",
        "Stability",
        "Information value",
        "The scorecard",
        "PSI",
    ):
        assert part in text
    assert goals.as_json(report)["taiwan"]["best"]["model"] == "blend"
    assert goals.missed(report) == ["scorecard: auc 0.7000 is below 0.775"]
