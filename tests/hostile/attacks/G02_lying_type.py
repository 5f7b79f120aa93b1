"""Give w a type whose name and module are those of a tensor.

score: 0
"""
# %%
# wrong
# %%
class Tensor:
    __module__ = "torch"
    dtype, shape, layout, is_nested, requires_grad = "torch.float32", (), "torch.strided", False, False
    device = type("Device", (), {"type": "cpu"})
    is_leaf, grad = True, None
    detach = resolve_conj = resolve_neg = contiguous = lambda self: self
    numel = lambda self: 1
    as_strided = view = lambda self, *_: self
    numpy = lambda self: self
    tobytes = lambda self: b"\0\0\0\0" * 10


w = b = Tensor()
predict = lambda x: Tensor()
