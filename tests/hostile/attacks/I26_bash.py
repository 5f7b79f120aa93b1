"""Run a cell in a shell that looks for the host and for a network.

contains: no file of the host
contains: no network
absent: root:x
"""
# %%
# honest
# %%
%%bash
cat /etc/passwd /etc/shadow 2>/dev/null || echo no file of the ""host
(exec 3<>/dev/tcp/1.1.1.1/80) 2>/dev/null || echo no net""work
touch /hostile_mark_of_a_shell /usr/hostile_mark_of_a_shell 2>/dev/null
true
