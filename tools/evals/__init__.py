"""Quality scorecards: one file an evaluation, each with `run(path) -> Scorecard`."""
