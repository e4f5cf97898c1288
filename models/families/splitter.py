"""Exact counts by bin, in place of River's Gaussians: what a leaf knows of one feature."""

from typing import Any, Final

import numpy as np
from river.tree.splitter import Splitter
from river.tree.utils import BranchFactory

from models.bins import WIDTH

_LEAST: Final = 20.0
"""Lessons a branch must hold."""


class BinSplitter(Splitter):
    """Goods and bads in each bin of a feature; suggests the cut with the highest information gain.

    goods, bads: WIDTH weights, unknown first, so a cut at 0.5 parts the unknown from the known.
    """

    def __init__(self) -> None:
        super().__init__()
        self.goods = [0.0] * WIDTH
        self.bads = [0.0] * WIDTH

    def update(self, att_val: Any, target_val: Any, w: float) -> None:
        (self.bads if target_val else self.goods)[att_val] += w

    def cond_proba(self, att_val: Any, target_val: Any) -> float:
        counts = self.bads if target_val else self.goods
        return float(counts[att_val] / max(sum(counts), 1.0))

    def best_evaluated_split_suggestion(
        self,
        criterion: Any,  # noqa: ARG002 - information gain, all cuts at once
        pre_split_dist: Any,  # noqa: ARG002
        att_idx: Any,
        binary_only: bool,  # noqa: ARG002, FBT001 - River calls it so
    ) -> BranchFactory:
        goods, bads = np.cumsum(self.goods), np.cumsum(self.bads)
        all_goods, all_bads = float(goods[-1]), float(bads[-1])
        total = all_goods + all_bads
        below = goods + bads
        least = max(_LEAST, 0.01 * total)
        allowed = (below >= least) & (total - below >= least)
        if not allowed.any():
            return BranchFactory()
        inside = below * _entropy(goods, bads) + (total - below) * _entropy(
            all_goods - goods, all_bads - bads
        )
        gain = float(_entropy(np.array([all_goods]), np.array([all_bads]))[0]) - inside / total
        gain[~allowed] = -np.inf
        cut = int(gain.argmax())
        good, bad = float(goods[cut]), float(bads[cut])
        children = [{False: good, True: bad}, {False: all_goods - good, True: all_bads - bad}]
        return BranchFactory(float(gain[cut]), att_idx, cut + 0.5, children)


def _entropy(goods: Any, bads: Any) -> Any:
    """In bits, of counts[n]; 0 of a pure or empty one."""
    both = np.maximum(goods + bads, 1e-300)
    p, q = np.maximum(bads / both, 1e-300), np.maximum(goods / both, 1e-300)
    return -(p * np.log2(p) + q * np.log2(q)) * (goods > 0.0) * (bads > 0.0)
