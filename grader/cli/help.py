"""How `--help` and usage messages look. Imported only when one is shown: it brings rich."""

from __future__ import annotations

import argparse
import sys

from rich.console import Console
from rich_argparse import RawDescriptionRichHelpFormatter


class HelpFormatter(RawDescriptionRichHelpFormatter):
    """Colors on a terminal, plain text elsewhere and under NO_COLOR. Brackets are text, not markup."""

    group_name_formatter = str.capitalize
    help_markup = text_markup = False

    def __init__(self, prog: str) -> None:
        # A usage message goes to standard error, but rich looks at standard output alone.
        on_a_terminal = sys.stdout.isatty() and sys.stderr.isatty()
        super().__init__(prog, console=None if on_a_terminal else Console(color_system=None))

    def add_argument(self, action: argparse.Action) -> None:
        """List the commands themselves, not a placeholder above them."""
        if isinstance(action, argparse._SubParsersAction):
            for command in action._get_subactions():
                super().add_argument(command)
        else:
            super().add_argument(action)
