"""The commands of `postloan`, one file each."""
