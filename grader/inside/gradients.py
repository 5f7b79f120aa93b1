"""Makes every derivative that autograd finds come out larger, to see whether an answer depends on it.

An answer that autograd found changes with it. A formula, a difference quotient, and a `backward()` that
merely occurs do not notice.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any


class ScalingEngine:
    """Stands in for torch's engine, and starts each walk backwards from gradients `factor` times as large."""

    def __init__(self, engine: Any, factor: float) -> None:
        self.engine = engine
        self.factor = factor

    def run_backward(self, outputs: Any, gradients: Any, *arguments: Any, **keywords: Any) -> Any:
        """Walk backwards, as the engine does. Every derivative is linear in the gradients at the start."""
        larger = tuple(None if gradient is None else gradient * self.factor for gradient in gradients)
        return self.engine.run_backward(outputs, larger, *arguments, **keywords)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.engine, name)


@contextlib.contextmanager
def scaled(factor: float) -> Iterator[None]:
    """Within it, whatever autograd differentiates comes out `factor` times as large.

    All ways lead through two gates, whatever names a notebook has for them: `backward`, `torch.autograd.grad`
    and `torch.func.grad` through the engine, `torch.func.jvp` and `torch.autograd.forward_ad` through dual
    numbers.
    """
    from torch.autograd import Variable

    duals = _module_of_dual_numbers()
    engine, make_dual = Variable._execution_engine, duals._make_dual

    def make_larger_dual(tensor: Any, tangent: Any, **keywords: Any) -> Any:
        return make_dual(tensor, tangent * factor, **keywords)

    Variable._execution_engine = ScalingEngine(engine, factor)  # type: ignore[assignment]
    duals._make_dual = make_larger_dual
    try:
        yield
    finally:
        Variable._execution_engine, duals._make_dual = engine, make_dual


def _module_of_dual_numbers() -> Any:
    """The module in which torch looks up what makes a dual number: another one in older versions."""
    import torch

    with contextlib.suppress(ImportError):
        from torch._functorch import predispatch

        if hasattr(predispatch, "_make_dual"):
            return predispatch
    return torch._VF
