"""A helper ends with sys.exit, and the notebook catches it."""
# %%
# honest
# %%
import argparse
import sys


def main(arguments):
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int)
    parser.parse_args(arguments)
    sys.exit(0)


try:
    main(["--epochs", "3"])
except SystemExit as end:
    print("ended with", end.code)
