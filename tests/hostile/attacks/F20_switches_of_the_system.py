"""Write to control groups, to the system's switches and to the magic key.

contains: written: []
"""
# %%
# honest
# %%
import contextlib
written = []
for place in ("/sys/fs/cgroup/release_agent", "/sys/fs/cgroup/cgroup.procs", "/proc/sys/kernel/core_pattern", "/proc/sys/kernel/hostname", "/proc/sys/vm/drop_caches",
              "/proc/sysrq-trigger", "/proc/sys/fs/binfmt_misc/register", "/proc/self/oom_score_adj_min", "/proc/1/uid_map"):
    with contextlib.suppress(OSError):
        open(place, "wb", buffering=0).write(b"0")
        written.append(place)
with contextlib.suppress(OSError):
    open("/proc/self/oom_score_adj", "wb", buffering=0).write(b"-1000")
    written.append("oom_score_adj")
print("written:", written)
