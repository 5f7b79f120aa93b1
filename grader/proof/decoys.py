"""Decoys: wrong notebooks that hold no known mistake, but answer as some mistakes do.

A mistake is named only by an answer that no decoy gives: see `grader.classroom.diagnosis`. All of them are
quick to grade.
"""

from __future__ import annotations

import ast

from grader.course.course import Assignment
from grader.course.marks import answer_lines
from grader.course.stub import read_notebook
from grader.notebook.notebook import Notebook
from grader.notebook.writing import dump
from grader.proof.null_answers import ANSWERS, map_code, with_answers_emptied

UNTRAINED, ONE_STEP, UNMOVED = "loops run zero times", "loops run once", "nothing is updated"
# Null answers whose values a mistake can share. 1 and random numbers tell nothing: see the diagnosis.
EMPTY = ("zeros", "copy of the input")


def decoys(assignment: Assignment) -> dict[str, bytes]:
    """The decoys of an assignment by name, as notebooks to grade.

    They are the stub, null answers, and the solution with nothing trained. Raises CourseError if the
    solution can't be read.
    """
    assert assignment.solution is not None
    solution = read_notebook(assignment.solution)
    made = {name: with_answers_emptied(solution, ANSWERS[name]) for name in EMPTY}
    made |= {name: with_training(solution, name) for name in (UNTRAINED, ONE_STEP, UNMOVED)}
    found = {"stub": assignment.stub.read_bytes()}
    for name, notebook in made.items():
        if notebook != solution and dump(notebook).encode() not in found.values():
            found[name] = dump(notebook).encode()
    return found


def with_training(solution: Notebook, kind: str) -> Notebook:
    """The solution whose answers' loops are UNTRAINED, stop after ONE_STEP, or leave all UNMOVED."""
    return map_code(solution, lambda source: _trained(source, kind))


def _trained(source: str, kind: str) -> str:
    answers = answer_lines(source)
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return source  # magics
    before = ast.unparse(tree)
    after = ast.unparse(ast.fix_missing_locations(_Training(kind, answers).visit(tree)))
    return source if after == before else after


class _Training(ast.NodeTransformer):
    """Cuts short the loops that are part of an answer, or that hold one."""

    def __init__(self, kind: str, answers: set[int]) -> None:
        self.kind = kind
        self.answers = answers
        self.depth = 0  # of loops

    def visit_For(self, node: ast.For) -> ast.AST:
        """A loop over no items, over one, or over all without effect."""
        return self.cut(node)

    def visit_While(self, node: ast.While) -> ast.AST:
        """A loop that never runs, runs once, or has no effect: that one would not end, so it runs once."""
        return self.cut(node)

    def cut(self, node: ast.For | ast.While) -> ast.AST:
        """The loop with what it holds, cut short if an answer has a part in it."""
        if not self.answers.intersection(range(node.lineno, (node.end_lineno or node.lineno) + 1)):
            return node
        self.depth += 1
        self.generic_visit(node)
        self.depth -= 1
        if self.kind == UNTRAINED and isinstance(node, ast.While):
            node.test = ast.Constant(False)
        elif self.kind == UNTRAINED and isinstance(node, ast.For):
            node.iter = ast.Tuple([], ast.Load())
        elif self.kind == ONE_STEP or isinstance(node, ast.While):
            node.body.append(ast.Break())
        return node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        """`w -= …` in a loop."""
        return self.dropped(node)

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        """`w = w - …` in a loop."""
        written = {ast.unparse(target) for target in node.targets}
        read = {ast.unparse(part) for part in ast.walk(node.value) if isinstance(part, ast.expr)}
        return self.dropped(node) if written & read else node

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        """`optimizer.step()` in a loop."""
        call = node.value
        steps = (
            isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "step"
        )
        return self.dropped(node) if steps else node

    def dropped(self, node: ast.stmt) -> ast.AST:
        """Nothing in place of an update, if it is one of those that are left out."""
        return ast.Pass() if self.kind == UNMOVED and self.depth else node
