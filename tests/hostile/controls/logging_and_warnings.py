"""Warnings are given and logs are written."""
# %%
# honest
# %%
import logging
import warnings
warnings.warn("beware")
warnings.simplefilter("error")
logging.basicConfig(level=logging.DEBUG)
logging.getLogger(__name__).warning("a log")
logging.error("not really")
