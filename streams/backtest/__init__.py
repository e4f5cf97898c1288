"""How good a rulebook's alerts and cuts would have been: decisions held against what came later."""
