r"""Have a name that clears the screen, sets its title and turns the direction around.

student: "J08\x1b]0;title\x07\x1b[2J\x1b[1A\x9b2J\u202eevil\x7f\x08"
contains: J08\u001b]0;title\u0007\u001b[2J\u001b[1A\u009b2J\u202eevil\u007f\u0008
"""
# %%
# honest
