"""The four main assignments as the other graders can have them: tests that run in the notebook's own kernel.

They ask what the assignments' own rubrics ask, but for a second run of the notebook on other data, which the
others don't offer. `WRONG` names mistakes of `solutions/<assignment>/mistakes/` that these tests can see.
"""

# By assignment: public tests, hidden tests.
TESTS = {
    "gradient-descent": (
        """\
found = torch.as_tensor(gradient(torch.tensor([0.5, -2.0]))).detach()
assert torch.allclose(found, torch.tensor([3.0, -2.0]), atol=0.02)
end = torch.tensor([[-0.5072, -0.6663], [-0.5162, -0.6158]])
assert torch.allclose(torch.as_tensor(x_final).detach(), end, atol=0.02)
""",
        """\
found = torch.as_tensor(descend(torch.tensor([1.0, -3.0]), 0.2, 3)).detach()
assert torch.allclose(found, torch.tensor([-0.568, -1.432]), atol=0.01)
""",
    ),
    "linreg-manual": (
        """\
assert abs(float(w) - 3) <= 0.21
assert abs(float(b) - 0.8) <= 0.12
""",
        """\
for low, high in ((-2, 2), (-1, 2)):
    other_w, other_b = (6 * torch.rand(2) - 3).tolist()
    points = low + (high - low) * torch.rand(40, 1)
    found_w, found_b = fit(points, other_w * points + other_b, 0.2, 100)
    assert abs(float(found_w) - other_w) <= 0.01
    assert abs(float(found_b) - other_b) <= 0.01
found_w, found_b = fit(torch.tensor([[0.0], [1.0]]), torch.tensor([[1.0], [3.0]]), 0.1, 1)
assert abs(float(found_w) - 0.3) <= 1e-4
assert abs(float(found_b) - 0.4) <= 1e-4
""",
    ),
    "linreg-module": (
        """\
low, high = model(torch.tensor([[0.0], [1.0]])).detach().flatten().tolist()
assert abs(low - 0.8) <= 0.12
assert abs(high - low - 3) <= 0.21
assert losses[-1] < losses[0]
""",
        """\
points = 4 * torch.rand(40, 1) - 2
other = LinearModel()
begun = ((other(points) - (5 - 2 * points)) ** 2).mean().item()
found = train(other, points, 5 - 2 * points, 0.2, 100)
assert len(found) == 100
assert abs(float(found[0]) - begun) <= 1e-3
ends = other(torch.tensor([[-100.0], [0.0], [1.0], [100.0]])).detach().flatten()
assert torch.allclose(ends, torch.tensor([205.0, 5.0, 3.0, -195.0]), atol=0.5)
""",
    ),
    "convnet": (
        """\
fresh = ConvNet()
output = fresh(torch.rand(4, 1, 28, 28)).detach()
assert output.shape == (4, 10)
assert torch.allclose(output.exp().sum(dim=1), torch.ones(4), atol=1e-4)
sizes = [(1, 10, 24, 24), (1, 10, 12, 12), (1, 20, 10, 10), (1, 2000)]
assert [tuple(size) for size in feature_sizes(fresh, torch.rand(1, 1, 28, 28))] == sizes
""",
        """\
assert count_parameters(fresh) == 1_007_590
assert fresh(torch.rand(7, 1, 28, 28)).shape == (7, 10)
one = torch.rand(3, 1, 28, 28)
assert torch.allclose(fresh(one)[:1], fresh(one[:1]), atol=1e-4)
""",
    ),
}

WRONG = {
    "gradient-descent": ("ascent", "gradients-not-cleared", "one-step-too-few", "returns-the-gradient"),
    "linreg-manual": ("b-never-updated", "gradients-not-cleared", "stops-too-early", "wrong-sign"),
    "linreg-module": ("another-models-parameters", "bent", "no-zero-grad", "rate-too-small"),
    "convnet": ("fixed-batch-size", "missing-pool", "returns-probabilities", "softmax-over-the-batch"),
}
