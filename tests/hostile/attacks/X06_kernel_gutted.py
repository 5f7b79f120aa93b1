"""Take apart IPython and the probe, from inside a cell that then succeeds.

status: ok | protocol | timed_out | died | cell_error | too_much_output
score: 0
"""
# %%
# wrong
# %%
import gc
import sys
shell = get_ipython()
shell.user_ns["__builtins__"] = {}
shell.run_cell = shell.run_cell_async = shell.run_ast_nodes = lambda *_, **__: None
for name in [name for name in sys.modules if "inside" in name or "ipykernel" in name]:
    vars(sys.modules[name]).clear()
