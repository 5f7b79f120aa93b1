"""Connect to addresses on the network, to the cloud's metadata service and to services of the host.

contains: reached: []
"""
# %%
# honest
# %%
import socket
reached = []
for address in (("1.1.1.1", 80), ("169.254.169.254", 80), ("10.0.0.1", 22), ("127.0.0.1", 22), ("127.0.0.1", 8888), ("127.0.0.1", 5432), ("192.168.0.1", 80)):
    with socket.socket() as each:
        each.settimeout(0.3)
        if each.connect_ex(address) == 0:
            reached.append(address)
with socket.socket(socket.AF_INET6) as each:
    each.settimeout(0.3)
    if each.connect_ex(("2606:4700:4700::1111", 80)) == 0:
        reached.append("IPv6")
print("reached:", reached)
