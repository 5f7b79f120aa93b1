"""What a frame may hold: its limits, its types of numbers, and the form of each value in its header.

Writer and reader both keep these limits: the writer before it copies anything, the reader before it builds
anything.
"""

from __future__ import annotations

# Bytes of one frame: a batch of 16,000 28x28 float64 images fits.
MAX_BYTES = 64 << 20
MAX_HEADER = 4 << 20
# Values in one frame: containers and their contents.
MAX_NODES = 100_000
MAX_DEPTH = 50
# Characters of one string.
MAX_TEXT = 1 << 20
MAX_INT_BITS = 4096
# Entries of all sets and dicts in one frame. Keys chosen to share one hash cost the square of their number.
MAX_KEYS = 2_000
MAX_DIMENSIONS = 32

# fmt: off
TORCH_TYPES = (
    "float32", "float64", "float16", "bfloat16", "complex64", "complex128",
    "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "bool",
)
NUMPY_TYPES = (
    "float16", "float32", "float64", "complex64", "complex128",
    "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "bool",
)
# Bytes of one number.
ITEM_SIZES = {
    "bool": 1, "int8": 1, "uint8": 1,
    "int16": 2, "uint16": 2, "float16": 2, "bfloat16": 2,
    "int32": 4, "uint32": 4, "float32": 4,
    "int64": 8, "uint64": 8, "float64": 8, "complex64": 8,
    "complex128": 16,
}
# fmt: on

# The header is one node. A node is a JSON list: a tag, then as many parts of these types.
NODE_PARTS: dict[str, tuple[type, ...]] = {
    "none": (),
    "ellipsis": (),
    "bool": (bool,),
    "int": (int,),
    "float": (str,),
    "complex": (str, str),
    "str": (str,),
    "bytes": (int,),
    "list": (list,),
    "tuple": (list,),
    "set": (list,),
    "frozenset": (list,),
    "dict": (list,),
    "ref": (int, str),
    "array": (str, list, int, bool),
    "tensor": (str, list, int, bool, list),
}


class Refused(ValueError):
    """A value that does not cross. The message is the reason, in words for the student."""


class Malformed(ValueError):
    """Bytes that are not a frame of this format."""


class Handle:
    """A value that stays in the session, known to the other side by a number.

    `kind` is the name of its type, for messages.
    """

    __slots__ = ("kind", "number")

    def __init__(self, number: int, kind: str) -> None:
        self.number = number
        self.kind = kind
