"""Annotations are postponed and types are spelled out."""
# %%
from __future__ import annotations
import typing as t
# %%
# honest
# %%
original: t.Callable[[torch.Tensor, torch.Tensor], tuple[float, float]] = fit


def fit(x: torch.Tensor, y: torch.Tensor, *, rate: float | None = None) -> tuple[float, float]:
    return original(x, y)
