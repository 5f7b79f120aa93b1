"""Null answers: notebooks that define everything and compute nothing.

None of them may earn a hidden point.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace

from grader.course.marks import answer_lines
from grader.notebook.notebook import Notebook

# What every function returns. `{x}` stands for its first argument, or for 1.0 if it has none.
ANSWERS = {
    "constant": "1.0",
    "zeros": "{x} * 0",
    "random": "{x} * 0 + __import__('random').random()",
    "copy of the input": "{x}",
}
RAISES, TRIES = "raises", "try: … except: pass"
NAMES = (*ANSWERS, RAISES, TRIES)


def null_answers(solution: Notebook, stub: Notebook) -> dict[str, Notebook]:
    """The null answers by name.

    Four return something that takes no thought, one raises, and one is the stub with every error swallowed.
    """
    notebooks = {name: with_answers_emptied(solution, answer) for name, answer in ANSWERS.items()}
    notebooks[RAISES] = with_answers_emptied(solution, None)
    notebooks[TRIES] = map_code(stub, _with_errors_swallowed)
    return notebooks


def with_answers_emptied(solution: Notebook, answer: str | None) -> Notebook:
    """The solution in which every answer returns `answer`, an expression as in ANSWERS.

    With None every answer raises an error.
    """
    return map_code(solution, lambda source: _emptied(source, answer))


def map_code(notebook: Notebook, change: Callable[[str], str]) -> Notebook:
    """The notebook with `change` applied to the source of every code cell, except cells of parameters."""
    return Notebook(
        tuple(
            replace(cell, source=change(cell.source))
            if cell.kind == "code" and "parameters" not in cell.tags
            else cell
            for cell in notebook.cells
        )
    )


def _with_errors_swallowed(source: str) -> str:
    """A cell whose errors do not show."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return source  # magics
    tree.body = [ast.Try([*tree.body, ast.Pass()], [ast.ExceptHandler(None, None, [ast.Pass()])], [], [])]
    return ast.unparse(ast.fix_missing_locations(tree))


def _emptied(source: str, answer: str | None) -> str:
    """A cell in which everything that holds an answer, or is part of one, computes nothing."""
    answers = answer_lines(source)
    if not answers:
        return source
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return source  # magics
    return ast.unparse(ast.fix_missing_locations(_Emptying(answer, answers).visit(tree)))


class _Emptying(ast.NodeTransformer):
    """Replaces what a cell's answers compute by `answer`, or by an error if that is None."""

    def __init__(self, answer: str | None, answers: set[int]) -> None:
        self.answer = answer
        self.answers = answers

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        if not self.answers.intersection(range(node.lineno, (node.end_lineno or node.lineno) + 1)):
            return node
        parts = list(ast.walk(node))
        returned = next((each.value for each in parts if isinstance(each, ast.Return)), None)
        first = next(
            (each.arg for each in (*node.args.posonlyargs, *node.args.args) if each.arg != "self"), "1.0"
        )
        if node.name == "__init__":
            body = "super().__init__()"
        elif self.answer is None:
            body = "raise ValueError('nothing')"
        elif any(isinstance(each, (ast.Yield, ast.YieldFrom)) for each in parts):
            body = f"yield {self.value(first)}"
        else:
            count = len(returned.elts) if isinstance(returned, ast.Tuple) else 1
            body = f"return {self.value(first, count)}"
        node.body = ast.parse(body).body
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        """An answer that computes something outside of functions."""
        target = node.targets[0]
        return self.assigned(node, len(target.elts) if isinstance(target, ast.Tuple) else 1)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        return self.assigned(node) if node.value is not None else node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        emptied = self.assigned(node)
        return ast.Pass() if emptied is node and node.lineno in self.answers else emptied

    def assigned(self, node: ast.Assign | ast.AnnAssign | ast.AugAssign, count: int = 1) -> ast.AST:
        """An assignment with the answer on its right side, `count` times if it unpacks a tuple."""
        if node.lineno not in self.answers:
            return node
        if self.answer is None:
            return ast.parse("raise ValueError('nothing')").body[0]
        node.value = ast.parse(self.value("1.0", count), mode="eval").body
        return node

    def value(self, first: str, count: int = 1) -> str:
        """The answer's expression for `{x}` = `first`, as a tuple if `count` is not 1."""
        assert self.answer is not None
        one = self.answer.format(x=first)
        return one if count == 1 else f"({', '.join([one] * count)})"
