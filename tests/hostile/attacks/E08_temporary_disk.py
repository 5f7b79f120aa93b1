"""Fill /tmp with one file and with as many as there can be.

contains: full after
contains: no more files
"""
# %%
# honest
# %%
count = 0
try:
    while True:
        open(f"/tmp/{count}", "w").close()
        count += 1
except OSError as error:
    print("no more files" if count < 20_000 else count, error.errno)
# %%
import os
for number in range(count):
    os.unlink(f"/tmp/{number}")
# %%
written = 0
try:
    for number in range(100):
        with open(f"/tmp/full{number}", "wb") as file:
            for _ in range(30):
                file.write(bytes(1 << 20))
                written += 1
except OSError as error:
    print("full after" if written < 40 else "too late", written, error.errno)
