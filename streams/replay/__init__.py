"""A lane run again along its journal: does the same come out, and how did it come about?"""
