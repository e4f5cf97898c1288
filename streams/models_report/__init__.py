"""Every family of models over real cardholders, beside a batch model: figures as JSON, and a page to read."""
