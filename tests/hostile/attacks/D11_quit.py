"""Quit.

status: ok | died | cell_error
"""
# %%
# honest
# %%
quit()
