"""Open and make the devices through which memory and disks are reached.

contains: opened: []
"""
# %%
# honest
# %%
import contextlib
import os
opened = []
for place in ("/dev/mem", "/dev/kmem", "/dev/kmsg", "/dev/sda", "/dev/vda", "/dev/fuse", "/dev/kvm", "/dev/net/tun", "/dev/vsock", "/proc/kcore", "/proc/kmsg"):
    with contextlib.suppress(OSError):
        os.open(place, os.O_RDONLY)
        opened.append(place)
for number in (os.makedev(1, 1), os.makedev(8, 0), os.makedev(254, 0)):
    with contextlib.suppress(OSError):
        os.mknod("/tmp/node", 0o20666, number)
        opened.append(number)
print("opened:", opened)
