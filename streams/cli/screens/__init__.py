"""What commands show on a terminal, built with rich from figures that were worked out elsewhere."""
