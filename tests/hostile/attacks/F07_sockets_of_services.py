"""Find the sockets of services that run as root.

contains: there: []
"""
# %%
# honest
# %%
import glob
import os
places = ["/var/run/docker.sock", "/run/docker.sock", "/run/dbus", "/run/systemd", "/tmp/.X11-unix", "/run/user", "/run/containerd", "/dev/log", *glob.glob("/tmp/ssh-*")]
print("there:", [place for place in places if os.path.lexists(place)])
