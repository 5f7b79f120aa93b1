"""Cells and lines are magic."""
# %%
# honest
# %%
%%time
total = sum(range(1000))
# %%
%timeit -n1 -r1 sum(range(1000))
# %%
%%capture said
print("captured")
# %%
%load_ext autoreload
%autoreload 2
%config InlineBackend.figure_format = 'retina'
%precision 3
%pwd
# %%
%%writefile own.py
VALUE = 7
# %%
import own
assert own.VALUE == 7
%who
