"""Children that print and end while the notebook prints, as pools and loaders of data have them."""
# %%
# honest
# %%
import multiprocessing
context = multiprocessing.get_context("fork")
def said(number):
    print("child", number)
    return number
for _ in range(3):
    print("before")
    with context.Pool(2) as pool:
        assert pool.map(said, range(4)) == [0, 1, 2, 3]
