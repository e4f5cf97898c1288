"""Dead letters looked at, and sent again (contract 2.7)."""
