"""Memory: facts and preferences that a person asked us to keep."""
