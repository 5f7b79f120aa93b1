"""Answers are lambdas."""
# %%
# honest
# %%
predict = lambda x: w * x + b
fit = (lambda inner: lambda x, y: inner(x, y))(fit)
