"""Edits to a cell's source, found through its syntax tree."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

COMMENT = re.compile(r"#[^\n]*")
# Expressions that fall apart next to an operator unless they stand in parentheses.
FRAGILE = (ast.BinOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.Lambda, ast.NamedExpr, ast.UnaryOp)


@dataclass(frozen=True)
class Edit:
    """A stretch of a cell's source, in characters, and the text that replaces it."""

    kind: str
    start: int
    end: int
    text: str

    def apply(self, source: str) -> str:
        """The source after the edit."""
        return source[: self.start] + self.text + source[self.end :]


class ParsedCell:
    """A cell's source with its syntax tree, and edits to where a node stands.

    Raises SyntaxError if the source is not plain Python, as a cell with magics.
    """

    def __init__(self, source: str) -> None:
        self.source = source
        self.tree = ast.parse(source)
        self.lines = source.split("\n")
        self.line_starts = [0]
        for line in self.lines:
            self.line_starts.append(self.line_starts[-1] + len(line) + 1)
        self.parents = {
            child: parent for parent in ast.walk(self.tree) for child in ast.iter_child_nodes(parent)
        }

    def start(self, node: ast.AST) -> int:
        """Where a node begins, in characters."""
        return self._offset(node.lineno, node.col_offset)  # type: ignore[attr-defined]

    def end(self, node: ast.AST) -> int:
        """Where a node ends, in characters."""
        return self._offset(node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]

    def _offset(self, line: int, column: int) -> int:
        """The offset of a line and a column of the syntax tree, which counts UTF-8 bytes."""
        return self.line_starts[line - 1] + len(self.lines[line - 1].encode()[:column].decode())

    def text(self, node: ast.AST) -> str:
        """A node's source."""
        return self.source if isinstance(node, ast.Module) else self.source[self.start(node) : self.end(node)]

    def gap(self, begin: int, end: int) -> str:
        """The source between two nodes, its comments blanked: operators, commas, parentheses."""
        return COMMENT.sub(lambda comment: " " * len(comment[0]), self.source[begin:end])

    def enclosing(self, node: ast.AST, *kinds: type[ast.AST]) -> ast.AST | None:
        """The nearest node around this one that is of one of these kinds."""
        around = self.parents.get(node)
        while around is not None and not isinstance(around, kinds):
            around = self.parents.get(around)
        return around

    def replaced(self, kind: str, node: ast.AST, text: str) -> Edit:
        """The edit that puts `text` in a node's place."""
        return Edit(kind, self.start(node), self.end(node), text)

    def rewritten(self, kind: str, texts: Mapping[ast.AST, str]) -> Edit:
        """The edit that puts texts in the places of several nodes, none of which holds another."""
        nodes = sorted(texts, key=self.start)
        parts, last = [], self.start(nodes[0])
        for node in nodes:
            parts += [self.source[last : self.start(node)], texts[node]]
            last = self.end(node)
        return Edit(kind, self.start(nodes[0]), last, "".join(parts))

    def followed(self, kind: str, statement: ast.stmt, text: str) -> Edit:
        """The edit that puts a statement of one line behind a simple one, on the same line."""
        return Edit(kind, self.end(statement), self.end(statement), f"; {text}")

    def swapped(self, kind: str, first: ast.AST, second: ast.AST) -> Edit:
        """The edit that swaps two nodes and keeps what is between them."""
        between = self.source[self.end(first) : self.start(second)]
        text = self.text(second) + between + self.text(first)
        return Edit(kind, self.start(first), self.end(second), text)

    def operator_replaced(
        self, kind: str, left: ast.AST, right: ast.AST, old: str, new: str
    ) -> Iterator[Edit]:
        """The edit that replaces the operator between two nodes, if it is found."""
        begin = self.end(left)
        place = self.gap(begin, self.start(right)).find(old)
        if place >= 0:
            yield Edit(kind, begin + place, begin + place + len(old), new)

    def in_parentheses(self, node: ast.expr, around: ast.AST | None) -> str:
        """A node's source as it can stand in `around`: in parentheses if it would fall apart there."""
        text = self.text(node)
        safe = isinstance(around, (ast.stmt, ast.keyword, ast.Call)) and "\n" not in text
        return text if safe or not isinstance(node, FRAGILE) else f"({text})"

    def owner(self, attribute: ast.Attribute) -> str:
        """The source of the value that an attribute belongs to, with its parentheses."""
        end = self.end(attribute.value)
        closing = self.gap(end, self.end(attribute)).count(")")
        return self.source[self.start(attribute) : end] + ")" * closing
