"""The answers are found by gradient descent with autograd, and are tensors that require gradients."""
# %%
# honest
# %%
def fit(x, y):
    w, b = torch.zeros(1, requires_grad=True), torch.zeros(1, requires_grad=True)
    for _ in range(300):
        loss = ((w * x + b - y) ** 2).mean()
        loss.backward()
        with torch.no_grad():
            w -= 0.1 * w.grad
            b -= 0.1 * b.grad
            w.grad = b.grad = None
    return w, b


w, b = fit(x, y)
