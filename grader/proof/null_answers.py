"""Null answers: notebooks that define everything and compute nothing. None of them may earn a hidden point."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace

from grader.course.marks import BEGIN, answer_lines
from grader.notebook.notebook import Notebook

# What every function answers; `{x}` stands for its first argument, or for 1.0 where it has none.
ANSWERS = {
    "constant": "1.0",
    "zeros": "{x} * 0",
    "random": "{x} * 0 + __import__('random').random()",
    "copy of the input": "{x}",
}
RAISES, TRIES = "raises", "try: … except: pass"
NAMES = (*ANSWERS, RAISES, TRIES)


def null_answers(solution: Notebook, stub: Notebook) -> dict[str, Notebook]:
    """The null answers by name: four that give back what asks for no thought, one that raises, one that swallows every error."""
    found = {name: answering(solution, answer) for name, answer in ANSWERS.items()}
    found[RAISES] = answering(solution, None)
    found[TRIES] = changed(stub, _tried)
    return found


def answering(solution: Notebook, answer: str | None) -> Notebook:
    """The solution in which all that is an answer gives back `answer`, as in ANSWERS; None: raises an error."""
    return changed(solution, lambda source: _emptied(source, answer))


def changed(notebook: Notebook, change: Callable[[str], str]) -> Notebook:
    """The notebook with the source of every code cell changed, but that of the parameters."""
    return Notebook(
        tuple(
            replace(cell, source=change(cell.source))
            if cell.kind == "code" and "parameters" not in cell.tags
            else cell
            for cell in notebook.cells
        )
    )


def _tried(source: str) -> str:
    """A cell in which no error is heard of."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return source  # magics
    tree.body = [ast.Try([*tree.body, ast.Pass()], [ast.ExceptHandler(None, None, [ast.Pass()])], [], [])]
    return ast.unparse(ast.fix_missing_locations(tree))


def _emptied(source: str, answer: str | None) -> str:
    """A cell in which what an answer defines, or is part of, answers nothing."""
    if BEGIN not in source:
        return source
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return source  # magics
    return ast.unparse(ast.fix_missing_locations(_Emptying(answer, answer_lines(source)).visit(tree)))


class _Emptying(ast.NodeTransformer):
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
            words = "super().__init__()"
        elif self.answer is None:
            words = "raise ValueError('nothing')"
        elif any(isinstance(each, (ast.Yield, ast.YieldFrom)) for each in parts):
            words = f"yield {self.value(first)}"
        else:
            words = (
                f"return {self.value(first, len(returned.elts) if isinstance(returned, ast.Tuple) else 1)}"
            )
        node.body = ast.parse(words).body
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        """What an answer computes outside of functions."""
        target = node.targets[0]
        return self.computed(node, len(target.elts) if isinstance(target, ast.Tuple) else 1)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        return self.computed(node) if node.value is not None else node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        emptied = self.computed(node)
        return ast.Pass() if emptied is node and node.lineno in self.answers else emptied

    def computed(self, node: ast.Assign | ast.AnnAssign | ast.AugAssign, count: int = 1) -> ast.AST:
        if node.lineno not in self.answers:
            return node
        if self.answer is None:
            return ast.parse("raise ValueError('nothing')").body[0]
        node.value = ast.parse(self.value("1.0", count), mode="eval").body
        return node

    def value(self, first: str, count: int = 1) -> str:
        assert self.answer is not None
        one = self.answer.format(x=first)
        return one if count == 1 else f"({', '.join([one] * count)})"
