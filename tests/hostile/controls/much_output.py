"""Two megabytes are printed."""
# %%
# honest
# %%
for number in range(20_000):
    print(number, "x" * 90)
