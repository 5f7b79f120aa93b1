"""Be called something that a template engine computes.

student: "{{1234*5678}}{% raw %}{#"
contains: {{1234*5678}}{% raw %}{#
absent: 7006652
"""
# %%
# honest
