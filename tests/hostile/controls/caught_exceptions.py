"""Exceptions are raised and caught, in chains and groups, and one is raised on purpose in a cell."""
# %%
# honest
# %%
try:
    try:
        1 / 0
    except ZeroDivisionError as error:
        raise ValueError("wrapped") from error
except ValueError as error:
    print("caught", error, error.__cause__)
try:
    raise ExceptionGroup("several", [TypeError(1), KeyError(2)])
except* TypeError:
    print("one of them")
except* KeyError:
    print("the other")
