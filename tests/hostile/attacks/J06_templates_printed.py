"""Print what template engines compute.

contains: {{1234*5678}} {% raw %} ${1234*5678} #{1234*5678} <%= 1234*5678 %> {{ view.__class__ }}
contains: {# gone #}{% for x in view.checks %}
absent: 7006652
"""
# %%
# honest
# %%
print("{" "{1234*5678}} {% raw %} ${1234*5678} #{1234*5678} <%= 1234*5678 %> {{ view.__class__ }}")
print("{" "# gone #}{% for x in view.checks %}")
print("%s %(student)s {0.__class__} {student!r}")
