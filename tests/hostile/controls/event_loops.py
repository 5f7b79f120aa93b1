"""Event loops at work: of one's own in a thread, in a process of its own, and with subprocesses and sockets."""
# %%
import asyncio
import subprocess
import sys
import threading
import torch
true_w, true_b, n = 3.0, 0.8, 200
x = torch.rand(n) * 4 - 2
y = true_w * x + true_b + 0.1 * torch.randn(n)
# %%
async def echo(reader, writer):
    writer.write(await reader.readline())
    await writer.drain()
    writer.close()
async def main(path):
    server = await asyncio.start_unix_server(echo, path)
    reader, writer = await asyncio.open_unix_connection(path)
    writer.write(b"heard\n")
    said = await reader.readline()
    child = await asyncio.create_subprocess_exec("echo", "said", stdout=asyncio.subprocess.PIPE)
    said += (await child.communicate())[0]
    server.close()
    return said
heard = []
thread = threading.Thread(target=lambda: heard.append(asyncio.run(main("echo"))))
thread.start()
thread.join()
assert heard == [b"heard\nsaid\n"], heard
assert await main("again") == heard[0]
assert subprocess.run([sys.executable, "-c", "import asyncio; asyncio.run(asyncio.sleep(0.01)); print('slept')"], capture_output=True).stdout == b"slept\n"
# %%
def fit(x, y):
    dx = x - x.mean()
    slope = (dx * (y - y.mean())).sum() / (dx * dx).sum()
    return slope.item(), (y.mean() - slope * x.mean()).item()
# %%
def predict(x):
    return w * x + b
# %%
w, b = fit(x, y)
