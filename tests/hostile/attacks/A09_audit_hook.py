"""Print every audit event, those of the hidden checks included.

score: 0
status: ok | too_much_output | timed_out | died
"""
# %%
# wrong
# %%
import sys
quiet = []


def hook(event, arguments):
    if not quiet:
        quiet.append(1)
        print(event, str(arguments)[:100])
        quiet.clear()


sys.addaudithook(hook)
