"""Use up the memory for compiled filters, of which the whole machine has one number and every session needs some.

contains: attached: [] loaded: []
"""
# %%
# honest
# %%
import ctypes, socket, struct
code = struct.pack("HBBI", 6, 0, 0, 0xFFFF)
kept = ctypes.create_string_buffer(code, len(code))
program = struct.pack("HxxxxxxQ", 1, ctypes.addressof(kept))
attached, loaded = [], []
for option in (26, 50, 51, 52):
    try:
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).setsockopt(socket.SOL_SOCKET, option, program)
        attached.append(option)
    except PermissionError:
        pass
    except OSError as error:
        attached.append((option, error.errno))
libc = ctypes.CDLL(None)
allow = ctypes.create_string_buffer(struct.pack("HBBI", 6, 0, 0, 0x7FFF0000), 8)
filters = ctypes.create_string_buffer(struct.pack("HxxxxxxQ", 1, ctypes.addressof(allow)), 16)
if libc.prctl(22, ctypes.c_ulong(2), filters, 0, 0) == 0:
    loaded.append("prctl")
if libc.syscall(317, 1, 0, filters) == 0:
    loaded.append("seccomp")
print("attached:", attached, "loaded:", loaded)
