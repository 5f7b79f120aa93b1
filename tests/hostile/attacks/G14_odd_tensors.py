"""Answer with tensors of every odd kind.

score: 0
"""
# %%
# wrong
# %%
import itertools
import torch
odd = itertools.cycle([
    lambda: torch.quantize_per_tensor(torch.ones(40), 0.1, 0, torch.qint8), lambda: torch.ones(40, dtype=torch.complex64), lambda: torch.ones(40).bfloat16(),
    lambda: torch.ones(80)[::2].requires_grad_(), lambda: torch.tensor(3.0), lambda: torch.empty(0), lambda: torch.empty(0, 7), lambda: torch.ones(2, 2).T,
    lambda: torch.nested.nested_tensor([torch.ones(1), torch.ones(2)]), lambda: torch.ones(40).conj(), lambda: torch.nn.Parameter(torch.ones(1)),
])
w, b = torch.quantize_per_tensor(torch.ones(1) * 3, 0.1, 0, torch.qint8), torch.ones(40, dtype=torch.complex64)[:1]
predict = lambda x: next(odd)()
