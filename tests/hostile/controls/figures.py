"""Figures are drawn, in many styles, with animations left out."""
# %%
# honest
# %%
import matplotlib.pyplot as plt
%matplotlib inline
figure, axes = plt.subplots(2, 2, figsize=(8, 8))
axes[0, 0].scatter(x, y, s=5)
axes[0, 1].hist(y.numpy(), bins=20)
axes[1, 0].plot(x.sort().values, predict(x.sort().values), "r--", label="$\\hat{y}$")
axes[1, 1].imshow(torch.rand(8, 8), cmap="viridis")
figure.suptitle("线性回归")
plt.tight_layout()
plt.show()
# %%
plt.plot([1, 2, 3])
plt.savefig("figure.png")
