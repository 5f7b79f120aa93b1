"""Garbage is collected, and things are referred to weakly."""
# %%
# honest
# %%
import gc
import weakref


class Node:
    pass


node = Node()
node.itself = node
seen = weakref.ref(node)
del node
gc.collect()
assert seen() is None
cache = weakref.WeakValueDictionary()
gc.disable()
gc.enable()
