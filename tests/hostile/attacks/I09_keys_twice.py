"""Write keys twice: what counts is the last, as for Jupyter itself.

score: 10
absent: never to be run
"""
# %%
# makes
import json
wrong = json.dumps(book("never to be run").pop("cells"))
honest = json.dumps(book(*HONEST["line"]).pop("cells")).replace('"source": [', '"source": ["never to be run"], "source": [')
path.write_text('{"nbformat": 99, "cells": %s, "metadata": {}, "nbformat": 4, "nbformat_minor": 5, "cells": %s}' % (wrong, honest))
