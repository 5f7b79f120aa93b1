"""Names are Greek and Chinese, and output is in every script."""
# %%
# honest
# %%
斜率, β = fit(x, y)
w, b = 斜率, β
print("斜率 =", 斜率, "β =", β, "🙂", "\u05e9\u05dc\u05d5\u05dd", "é", "e\u0301")
