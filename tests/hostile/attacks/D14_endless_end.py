"""Loop for ever when the process ends.

"""
# %%
# honest
# %%
class Stay:
    def __del__(self):
        while True:
            pass


stay = Stay()
import sys
sys.stay = stay
