"""Context managers of one's own stand around the answers."""
# %%
# honest
# %%
import contextlib
import io


@contextlib.contextmanager
def quietly():
    with contextlib.redirect_stdout(io.StringIO()) as said:
        yield said


with quietly() as said, contextlib.suppress(ZeroDivisionError):
    print("not seen")
    w, b = fit(x, y)
    1 / 0
assert said.getvalue() == "not seen\n"
