"""What was decided, told to people: counts and plain sentences. Reads decisions; decides nothing."""
