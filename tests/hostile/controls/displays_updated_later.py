"""A display that later cells update, as progress is shown, and one name given to several displays."""
# %%
from IPython.display import display
progress = display("training ...", display_id=True)
# %%
# honest
# %%
progress.update("done")
display("epoch 1", display_id="progress")
# %%
display("epoch 2", display_id="progress")
