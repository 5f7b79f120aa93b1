"""End a cell with an object that shows itself as HTML, and as whatever else there is.

contains: <b>plain</b>
"""
# %%
# honest
# %%
class Shown:
    _repr_html_ = _repr_svg_ = _repr_markdown_ = lambda self: "<script>alert(1)</script>"
    _repr_javascript_ = lambda self: "alert(1)"
    _repr_latex_ = lambda self: r"$\href{javascript:alert(1)}{x}$"
    _repr_json_ = lambda self: {"</script><script>": "alert(1)"}
    _repr_pdf_ = lambda self: b"%PDF-1.7 <script>"
    __repr__ = lambda self: "<b>pl" "ain</b>"


Shown()
