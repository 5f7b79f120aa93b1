"""The assignment `linreg-manual` as the other graders can have it.

It has the same task, public tests and hidden tests, but no second run on other data.
"""

# Stands in the hidden tests alone. It is code, since Otter drops comments.
MARKER = "(6 * torch.rand(2) - 3)"

SETUP = """\
import torch

true_w, true_b = 3.0, 0.8
x = torch.rand(500, 1)
y = true_w * x + true_b
"""

FIT = """\
def fit(x, y, learning_rate, steps):
    ### BEGIN SOLUTION
    w = torch.zeros(1, requires_grad=True)
    b = torch.zeros(1, requires_grad=True)
    for _ in range(steps):
        loss = ((w * x + b - y) ** 2).mean()
        loss.backward()
        with torch.no_grad():
            for p in (w, b):
                p -= learning_rate * p.grad
                p.grad = None
    return w.detach(), b.detach()
    ### END SOLUTION
"""

RESULT = """\
### BEGIN SOLUTION
w, b = fit(x, y, learning_rate=0.5, steps=100)
### END SOLUTION
"""

PUBLIC = """\
assert abs(w - 3) <= 0.21
assert abs(b - 0.8) <= 0.12
"""

OTHER_LINES = f"""\
for low, high in ((-2, 2), (-1, 2)):
    true_w, true_b = {MARKER}.tolist()
    points = low + (high - low) * torch.rand(40, 1)
    found_w, found_b = fit(points, true_w * points + true_b, 0.2, 100)
    assert abs(found_w - true_w) <= 0.01
    assert abs(found_b - true_b) <= 0.01
"""

FEW_STEPS = """\
points = torch.tensor([[0.0], [1.0]])
found_w, found_b = fit(points, torch.tensor([[1.0], [3.0]]), 0.1, 1)
assert abs(found_w - 0.3) <= 1e-4
assert abs(found_b - 0.4) <= 1e-4
"""
