"""Take memory in programs of one's own, which share nothing with the kernel: each less than a kernel is lent.

status: out_of_memory
cell: 2
"""
# %%
# honest
# %%
import subprocess, sys, time
kept = [subprocess.Popen([sys.executable, "-S", "-E", "-c",
        "import time; x = b'x' * (120 << 20); print(len(x), flush=True); time.sleep(60)"],
        stdout=subprocess.PIPE) for _ in range(8)]
held = sum(int(each.stdout.readline() or 0) for each in kept) >> 20
time.sleep(0.5)
print("MB held:", held)
