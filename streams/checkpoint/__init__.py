"""A lane's state as a file, so that a lost store is rebuilt from it and the log's tail, not from years."""
