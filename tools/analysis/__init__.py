"""What a table says: fixed, typed operations over a `Table`, and every printed number traced to the cell it came from.

`run.analyse` is the one way in. This package imports nothing heavy by itself; pandas and matplotlib come with the work.
"""
