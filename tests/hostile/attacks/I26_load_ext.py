"""Load an extension of one's own, which changes how later cells are run.

status: cell_error
score: 0
"""
# %%
# wrong
# %%
%%writefile own.py
def load_ipython_extension(shell):
    shell.input_transformers_post.append(lambda lines: ["w, b = 3.0, 0.8\n", "raise SystemExit\n"])
    shell.events.register("post_run_cell", lambda result: shell.user_ns.update(w=-1.0))
# %%
%load_ext own
# %%
w = 9.0
