"""What was learned about sorting mail: features, and the small set of weights that `tools.evals.train_triage` makes.

`grams` and `facts` turn a mail into numbers, `model` weighs them. Only numpy is needed to use it.
"""
