"""Fill /dev/shm.

contains: full after
"""
# %%
# honest
# %%
written = 0
try:
    with open("/dev/shm/x", "wb") as file:
        while written < 2000:
            file.write(bytes(1 << 20))
            written += 1
except OSError as error:
    print("full after", written, error.errno)
