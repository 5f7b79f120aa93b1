"""Autograd's derivatives made larger, by every way that leads to one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import func
from torch.autograd import forward_ad, functional, grad
from torch.autograd.forward_ad import make_dual

from grader.inside.gradients import scaled

X = torch.tensor([1.0, 2.0])
SLOPES = [4.0, 6.0]


def total(x: torch.Tensor) -> torch.Tensor:
    return parabola(x).sum()


def parabola(x: torch.Tensor) -> torch.Tensor:
    return (x + 1) ** 2


def leaf(x: torch.Tensor) -> torch.Tensor:
    return x.clone().requires_grad_()


def by_backward(x: torch.Tensor, start: Callable[[torch.Tensor], None]) -> torch.Tensor | None:
    x = leaf(x)
    start(x)
    return x.grad


def by_dual_numbers(x: torch.Tensor) -> torch.Tensor:
    with forward_ad.dual_level():
        return forward_ad.unpack_dual(parabola(make_dual(x, torch.ones(2)))).tangent


def decorated(x: torch.Tensor) -> torch.Tensor:
    total(leaf(x)).backward()
    return 2 * x + 2


WAYS = {
    "backward": lambda x: by_backward(x, lambda x: total(x).backward()),
    "backward of many": lambda x: by_backward(x, lambda x: parabola(x).backward(torch.ones(2))),
    "autograd.backward": lambda x: by_backward(x, lambda x: torch.autograd.backward(total(x))),
    "optimizer's graph": lambda x: grad(total(y := leaf(x)), y, create_graph=True)[0].detach(),
    "grad": lambda x: grad(total(y := leaf(x)), y)[0],
    "jacobian": lambda x: functional.jacobian(total, x),
    "func.grad": func.grad(total),
    "func.vmap": func.vmap(func.grad(parabola)),
    "func.vjp": lambda x: func.vjp(total, x)[1](torch.tensor(1.0))[0],
    "func.jvp": lambda x: func.jvp(parabola, (x,), (torch.ones(2),))[1],
    "func.jacfwd": func.jacfwd(total),
    "dual numbers": by_dual_numbers,
}


@pytest.mark.parametrize("way", WAYS)
def test_every_way_leads_through_the_gates(way: str) -> None:
    """A derivative comes out larger, whichever of torch's names found it, and afterwards as it was."""
    with scaled(3):
        larger = WAYS[way](X)
    assert larger.tolist() == [3 * slope for slope in SLOPES]
    assert WAYS[way](X).tolist() == SLOPES


@pytest.mark.parametrize("way", [lambda x: 2 * x + 2, decorated], ids=["formula", "decorated"])
def test_what_autograd_did_not_find(way: Callable[[torch.Tensor], torch.Tensor]) -> None:
    """A formula answers the same, with a backward() beside it as well."""
    with scaled(3):
        assert way(X).tolist() == SLOPES


def test_an_error_within() -> None:
    """An error leaves nothing behind."""
    with pytest.raises(RuntimeError, match="does not require grad"), scaled(3):
        X.sum().backward()
    assert WAYS["grad"](X).tolist() == SLOPES
