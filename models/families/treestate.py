"""A Hoeffding tree as numbers, and back: no River object goes into a snapshot.

One row of NODE columns a node, the root first: feature (-1: a leaf), cut (a bin goes left if it is <= cut),
left, right (rows), goods, bads, depth, weight at the last try to split (-1: the leaf grows no more). Of each
growing leaf, in order of rows, the counts of the tree's features follow: float64[features, 2, WIDTH].
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from river.tree import HoeffdingTreeClassifier
from river.tree.nodes.branch import NumericBinaryBranch
from river.tree.nodes.htc_nodes import LeafMajorityClass

from models.bins import WIDTH
from models.families.scoring import NODE
from models.families.splitter import BinSplitter


def to_arrays(
    tree: HoeffdingTreeClassifier, features: list[int]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(nodes[n, NODE], counts[growing leaves, features, 2, WIDTH])."""
    rows: list[list[float]] = []
    counts: list[list[list[list[float]]]] = []
    _write(tree._root, features, rows, counts)  # noqa: SLF001 - River offers no other way to the nodes
    shape = (-1, len(features), 2, WIDTH)
    nodes = np.array(rows, np.float64).reshape(-1, NODE)
    return nodes, np.array(counts, np.float64).reshape(shape) if counts else np.zeros((0, *shape[1:]))


def _write(node: Any, features: list[int], rows: list[list[float]], counts: list[Any]) -> None:
    if node is None:
        return
    place = len(rows)
    goods, bads = node.stats.get(False, 0.0), node.stats.get(True, 0.0)
    if isinstance(node, NumericBinaryBranch):
        rows.append([node.feature, node.threshold - 0.5, 0.0, 0.0, goods, bads, node.depth, -1.0])
        for column, child in enumerate(node.children, 2):
            rows[place][column] = len(rows)
            _write(child, features, rows, counts)
        return
    tried = node.last_split_attempt_at if node.is_active() else -1.0
    rows.append([-1.0, 0.0, 0.0, 0.0, goods, bads, node.depth, tried])
    if node.is_active():
        empty = BinSplitter()
        held = [node.splitters.get(feature, empty) for feature in features]
        counts.append([[one.goods, one.bads] for one in held])


def into(
    tree: HoeffdingTreeClassifier,
    features: list[int],
    nodes: NDArray[np.float64],
    counts: NDArray[np.float64],
) -> None:
    """Let a new tree go on from what `to_arrays` gave."""
    if not len(nodes):
        return
    growing = iter(counts)
    built: dict[int, Any] = {}
    for place, row in enumerate(nodes.tolist()):
        if row[0] < 0.0:
            built[place] = _leaf(row, features, next(growing) if row[7] >= 0.0 else None)
    for place in range(len(nodes) - 1, -1, -1):  # children come after their parent
        feature, cut, left, right, goods, bads, depth, _ = nodes[place].tolist()
        if feature >= 0.0:
            stats = {False: goods, True: bads}
            built[place] = NumericBinaryBranch(
                stats, int(feature), cut + 0.5, int(depth), built[int(left)], built[int(right)]
            )
    tree._root = built[0]  # noqa: SLF001
    leaves = nodes[nodes[:, 0] < 0.0]
    tree._n_active_leaves = int((leaves[:, 7] >= 0.0).sum())  # noqa: SLF001
    tree._n_inactive_leaves = len(leaves) - tree._n_active_leaves  # noqa: SLF001
    tree._train_weight_seen_by_model = float(leaves[:, 4:6].sum())  # noqa: SLF001
    tree.classes = {label for label, column in ((False, 4), (True, 5)) if nodes[0, column] > 0.0} or {False}


def _leaf(row: list[float], features: list[int], counts: NDArray[np.float64] | None) -> LeafMajorityClass:
    stats = {label: weight for label, weight in ((False, row[4]), (True, row[5])) if weight > 0.0}
    leaf = LeafMajorityClass(stats, int(row[6]), BinSplitter())
    if counts is None:
        leaf.deactivate()
        return leaf
    leaf.last_split_attempt_at = row[7]
    for feature, (goods, bads) in zip(features, counts.tolist(), strict=True):
        if any(goods) or any(bads):
            splitter = BinSplitter()
            splitter.goods, splitter.bads = goods, bads
            leaf.splitters[feature] = splitter
    return leaf
