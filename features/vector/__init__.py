"""From a state row to its line of the feature matrix: one file for each family of the catalogue."""
