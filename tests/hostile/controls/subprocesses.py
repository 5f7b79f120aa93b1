"""Other programs are run, another Python among them."""
# %%
# honest
# %%
import subprocess
import sys
said = subprocess.run([sys.executable, "-c", "print(6 * 7)"], capture_output=True, text=True, check=True).stdout
assert said == "42\n"
assert subprocess.check_output("echo hello", shell=True) == b"hello\n"
