r"""Be called by pictures.

student: "🦄👩‍🎓🇨🇳"
contains: 🦄👩\u200d🎓🇨🇳
"""
# %%
# honest
