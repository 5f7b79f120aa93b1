"""Hand in comments.

score: 0
"""
# %%
# w = 3
# %%
'''w = 3'''
