"""Reports as pages. The one owner of Jinja2."""
