"""From raw record bytes to columns: decoding, admission and dead letters (contract 1 and 2)."""
