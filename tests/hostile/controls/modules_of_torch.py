"""The answer is a module of torch's, trained with an optimizer elsewhere than in fit."""
# %%
# honest
# %%
model = torch.nn.Sequential(torch.nn.Linear(1, 8), torch.nn.ReLU(), torch.nn.Linear(8, 1))
rate, criterion = 0.01, torch.nn.MSELoss()
for _ in range(20):
    model.zero_grad()
    loss = criterion(model(x[:, None]), y[:, None])
    loss.backward()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter -= rate * parameter.grad
print(loss.item(), model)
