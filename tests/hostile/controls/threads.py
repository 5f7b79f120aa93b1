"""Threads compute with torch, and a pool of them."""
# %%
# honest
# %%
import concurrent.futures
import threading
results = []
threads = [threading.Thread(target=lambda: results.append(torch.randn(200, 200).mm(torch.randn(200, 200)).sum().item())) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
with concurrent.futures.ThreadPoolExecutor(4) as pool:
    assert len(list(pool.map(abs, results))) == 4
torch.set_num_threads(2)
torch.randn(300, 300).mm(torch.randn(300, 300))
