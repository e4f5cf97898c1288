"""A book of invented cardholders and the bank that answers, around the real pipeline, in one process."""
