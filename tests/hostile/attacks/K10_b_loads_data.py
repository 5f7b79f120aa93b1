"""Load data with processes beside a neighbour who keeps as many descriptors in flight as a user may: all of it comes.

contains: came: 6000 of 6000
rooted: sent: 6 of 6
"""
# %%
# honest
# %%
import socket
import time
import torch
from torch.utils.data import DataLoader, TensorDataset
def sends():
    """Whether a descriptor of one's own can be sent to oneself."""
    one, other = socket.socketpair()
    with open("/dev/null") as file, one, other:
        try:
            return socket.send_fds(one, [b"x"], [file.fileno()]) == 1
        except OSError:
            return False
came = sent = 0
for _ in range(6):
    came += sum(len(first) for first, in DataLoader(TensorDataset(torch.randn(1000, 8)), batch_size=50, num_workers=2))
    sent += sends()
    time.sleep(0.3)
print("came:", came, "of 6000")
print("sent:", sent, "of 6")
