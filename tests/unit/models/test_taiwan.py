"""Quality on real cardholders: 4,000 of "Default of credit card clients" (I-Cheng Yeh, UCI; CC BY 4.0).

Every seventh of the data set, without sex, education, marriage and age.
"""

import csv
import gzip
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from river import linear_model, optim, preprocessing

from models.logistic import LogisticLearner
from models.metrics import auc, ks

Sample = tuple[tuple[str, ...], NDArray[np.float64], NDArray[np.int64]]


@pytest.fixture(name="sample", scope="module")
def _sample() -> Sample:
    with gzip.open(Path(__file__).with_name("taiwan-sample.csv.gz"), "rt", encoding="utf-8") as lines:
        names, *rows = csv.reader(lines)
    table = np.array(rows, np.float64)
    return tuple(names[:-1]), table[:, :-1], table[:, -1].astype(np.int64)


def test_it_ranks_better_than_first_order_steps_on_raw_inputs(sample: Sample) -> None:
    names, vectors, labels = sample
    learner = LogisticLearner(names)
    plain = preprocessing.StandardScaler() | linear_model.LogisticRegression(optim.SGD(0.01))
    ours, theirs = np.empty(len(labels)), np.empty(len(labels))
    for index, (vector, label) in enumerate(zip(vectors, labels.tolist(), strict=True)):
        ours[index] = learner.predict(vector)
        learner.learn(vector, label)
        named = dict(zip(names, vector.tolist(), strict=True))
        theirs[index] = plain.predict_proba_one(named)[True]
        plain.learn_one(named, bool(label))
    later = slice(len(labels) // 3, None)  # prequential, after the first third
    bad = labels[later] == 1
    ranked, reference = auc(ours[later], bad), auc(theirs[later], bad)
    assert ranked is not None
    assert reference is not None
    print(f"AUC {ranked:.4f}, KS {ks(ours[later], bad):.3f}; first-order on raw inputs {reference:.4f}")
    assert 0.74 < ranked < 0.80
    assert ranked > reference + 0.02
    assert ours[later].mean() == pytest.approx(bad.mean(), abs=0.02)
