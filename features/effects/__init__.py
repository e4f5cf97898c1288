"""What a record, or the passing of time, does to a state row: one file for each."""
