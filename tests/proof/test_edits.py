"""Edits are found through a cell's syntax tree, in characters, whatever its text holds."""

from __future__ import annotations

import ast

import pytest

from grader.proof.edits import Edit, ParsedCell


def first(cell: ParsedCell, kind: type[ast.AST]) -> ast.AST:
    """The first node of a kind."""
    return next(node for node in ast.walk(cell.tree) if isinstance(node, kind))


def test_an_edit_replaces_a_stretch() -> None:
    """What is before and after the stretch stays."""
    assert Edit("kind", 4, 5, "two").apply("a = 1 # one") == "a = two # one"


def test_a_cell_with_magics_is_refused() -> None:
    """Only plain Python has a syntax tree."""
    with pytest.raises(SyntaxError):
        ParsedCell("%matplotlib inline")


def test_positions_are_characters() -> None:
    """The syntax tree counts UTF-8 bytes, an edit counts characters."""
    cell = ParsedCell("x = 1\nname = '张伟' + other")
    node = first(cell, ast.BinOp)
    assert isinstance(node, ast.BinOp)
    assert cell.text(node.right) == "other" and cell.source[cell.start(node.right) :] == "other"
    assert cell.text(cell.tree) == cell.source


def test_an_operator_is_found_between_its_operands() -> None:
    """Not in a comment, and nothing is found where it is not there."""
    cell = ParsedCell("y = (a  # less - more\n     - b)")
    node = first(cell, ast.BinOp)
    assert isinstance(node, ast.BinOp)
    [edit] = cell.operator_replaced("kind", node.left, node.right, "-", "+")
    assert edit.apply(cell.source) == "y = (a  # less - more\n     + b)"
    assert list(cell.operator_replaced("kind", node.left, node.right, "*", "/")) == []


def test_an_expression_stays_whole() -> None:
    """It gets parentheses where an operator or a line break would tear it apart."""
    cell = ParsedCell("f(a + b)")
    node = first(cell, ast.BinOp)
    assert isinstance(node, ast.BinOp)
    assert cell.in_parentheses(node, cell.parents[node]) == "a + b"
    assert cell.in_parentheses(node, None) == "(a + b)"
    assert cell.in_parentheses(node.left, None) == "a"


def test_the_owner_of_an_attribute_keeps_its_parentheses() -> None:
    """`(a + b).T` belongs to `(a + b)`."""
    cell = ParsedCell("y = (a + b).T")
    node = first(cell, ast.Attribute)
    assert isinstance(node, ast.Attribute) and cell.owner(node) == "(a + b)"


def test_swapped_nodes_keep_what_is_between_them() -> None:
    """Commas and spaces stay."""
    cell = ParsedCell("f(a ,  b)")
    node = first(cell, ast.Call)
    assert isinstance(node, ast.Call)
    assert cell.swapped("kind", *node.args).apply(cell.source) == "f(b ,  a)"


def test_the_nearest_enclosing_node() -> None:
    """None where there is no node of that kind around."""
    cell = ParsedCell("for x in xs:\n    def f():\n        return y")
    node = first(cell, ast.Return)
    assert cell.enclosing(node, ast.For, ast.FunctionDef) is first(cell, ast.FunctionDef)
    assert cell.enclosing(node, ast.ClassDef) is None
