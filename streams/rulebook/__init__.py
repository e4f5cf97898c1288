"""Rulebooks on their way: compared over a log, published, followed by every lane."""
