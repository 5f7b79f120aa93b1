"""Take leases on files that neighbours will open, who would wait for up to 45 seconds, and word of what they open.

contains: leased: 0 told: 0 delegated: 0
"""
# %%
# honest
# %%
import fcntl, os
mine = os.open("mine", os.O_RDONLY | os.O_CREAT)
here = os.open(".", os.O_RDONLY)

def held(number, command, value):
    try:
        fcntl.fcntl(number, command, value)
        return 1
    except OSError:
        return 0

print("leased:", held(mine, 1024, fcntl.F_WRLCK) + held(mine, 1024, fcntl.F_RDLCK), "told:", held(here, 1026, 1), "delegated:", held(mine, 1040, bytes(8)))
