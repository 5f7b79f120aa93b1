"""A network is trained for some seconds, with an optimizer and a scheduler, outside of what is written by hand.

assignment: net
"""
# %%
# honest
# %%
import time
net, data = Net(), torch.randn(64, 4)
target = data.sum(dim=1, keepdim=True).tanh().expand(-1, 3)
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 50)
begun = time.process_time()
while time.process_time() - begun < 1.2:
    optimizer.zero_grad()
    ((net(data) - target) ** 2).mean().backward()
    optimizer.step()
    scheduler.step()
