"""Rewrites: a right answer in another form. Each is made only where it surely keeps what is computed.

A rewrite gets a cell's syntax tree and what the task says, changes the tree in place, and leaves it alone
where it does not apply.
"""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

# Code that looks at names or frames, or that has scopes of its own, is not moved.
UNMOVABLE = re.compile(r"\b(?:locals|globals|exec|eval|vars|super|nonlocal|global|await|inspect)\b")
WRAPPED = """
import functools

def as_written(function):
    @functools.wraps(function)
    def inner(*args, **kwargs):
        return function(*args, **kwargs)
    return inner
"""
LAYERS = re.compile(r"(?:\w+\.)*(?:Linear|Conv[123]d)\((?!.*bias=)[^()]*\)$")
TORCH = re.compile(r"^import torch$", re.MULTILINE)
FUNCTION = re.compile(r"^def .*\n(?:[ \n].*\n?)*", re.MULTILINE)
# Products that take no matrices of different types.
PRODUCTS = re.compile(r" @ |\.(?:matmul|mm|mv|addmm)\(")
# Data from a file have the file's own type, whatever PyTorch computes in by default.
FROM_FILE = re.compile(r"\b(?:np|numpy|torch)\.load\w*\(|\bread_csv\(")
# What a task says where training may start anywhere, and where any optimizer will do.
FREE_START = re.compile(r"any \$w\$ and \$b\$|[Ss]tart wherever|at or near zero")
OPTIMIZER = re.compile(r"\w+ = .*optim\.\w+\(.*\.parameters\(\)")
# An answer that has a schedule needs no other.
SCHEDULED = re.compile(r"\b(?:lr_scheduler|schedule\w*|param_groups)\b")
FREE_OPTIMIZER = re.compile(r"[Aa]ny\s+optimizer")


@dataclass(frozen=True)
class Task:
    """What the stub says and gives, as far as rewrites depend on it."""

    text: str
    # The docstrings of the functions that it gives, by name.
    docs: dict[str, str]
    # All code of the right answer.
    code: str = ""

    @property
    def torch(self) -> bool:
        """Whether the answer imports torch under its own name."""
        return TORCH.search(self.code) is not None


Node = TypeVar("Node", bound=ast.AST)
Rewrite = Callable[[ast.Module, Task], None]


def renamed_locals(tree: ast.Module, task: Task) -> None:
    """Local variables have other names."""
    for function in _every(tree, ast.FunctionDef):
        outside = {each.arg for each in _every(function, ast.arg)}
        own = {each.id for each in _stored(function)} - outside
        if UNMOVABLE.search(ast.unparse(function).replace("super().__init__()", "")):
            continue
        for each in _every(function, ast.Name):
            if each.id in own and not each.id.startswith("my_"):
                each.id = f"my_{each.id}"


def annotated(tree: ast.Module, task: Task) -> None:
    """Arguments, results and plain assignments have annotations."""
    for function in _every(tree, ast.FunctionDef):
        for argument in (*function.args.args, *function.args.kwonlyargs):
            if argument.arg != "self":
                argument.annotation = argument.annotation or ast.Name("object", ast.Load())
        function.returns = function.returns or ast.Name("object", ast.Load())
    # Python takes no annotation of a name that a function declares global.
    declared = {name for each in _every(tree, ast.Global) for name in each.names}
    declared |= {name for each in _every(tree, ast.Nonlocal) for name in each.names}
    for body in _bodies(tree):
        for place, each in enumerate(body):
            target = each.targets[0] if isinstance(each, ast.Assign) and len(each.targets) == 1 else None
            if isinstance(each, ast.Assign) and isinstance(target, ast.Name) and target.id not in declared:
                body[place] = ast.AnnAssign(target, ast.Name("object", ast.Load()), each.value, 1)


def decorated(tree: ast.Module, task: Task) -> None:
    """Functions are wrapped by a decorator that hands everything on."""
    found = _functions(tree)
    for function in found:
        function.decorator_list = [ast.Name("as_written", ast.Load())]
    if found:
        tree.body[:0] = ast.parse(WRAPPED).body


def closures(tree: ast.Module, task: Task) -> None:
    """Functions are made by another function."""
    for function in _functions(tree):
        made = f"make_{function.name}"
        maker = _parsed(f"def {made}():\n    return {function.name}")
        assert isinstance(maker, ast.FunctionDef)
        maker.body.insert(0, function)
        _put(tree, function, maker, _parsed(f"{function.name} = {made}()"))


def callable_objects(tree: ast.Module, task: Task) -> None:
    """Functions are objects of a class with `__call__`."""
    for function in _functions(tree):
        name, method = function.name, copy.copy(function)
        method.name = "__call__"
        method.args = copy.deepcopy(function.args)
        method.args.args.insert(0, ast.arg("self"))
        holder = ast.ClassDef(f"{name.title()}Function", [], [], [method], [])
        _put(tree, function, holder, _parsed(f"{name} = {holder.name}()"))


def lambdas(tree: ast.Module, task: Task) -> None:
    """Functions of one expression are lambdas."""
    for function in _functions(tree):
        *docs, last = function.body
        plain = not docs or (len(docs) == 1 and ast.get_docstring(function) is not None)
        if plain and isinstance(last, ast.Return) and last.value is not None and not _annotations(function):
            target = ast.Name(function.name, ast.Store())
            _put(tree, function, ast.Assign([target], ast.Lambda(function.args, last.value)))


def helpers(tree: ast.Module, task: Task) -> None:
    """A function's code stands in another function that it calls."""
    for function in _functions(tree):
        arguments = function.args
        given = [each.arg for each in (*arguments.posonlyargs, *arguments.args)]
        if arguments.vararg or arguments.kwarg or arguments.kwonlyargs:
            continue
        word = "yield from" if _yields(function) else "return"
        outer = copy.copy(function)
        documented = ast.get_docstring(function) is not None
        name = f"{function.name}_steps"
        outer.body = [*function.body[:documented], _parsed(f"{word} {name}({', '.join(given)})")]
        inner = copy.copy(function)
        inner.name, inner.body = name, function.body[documented:]
        _put(tree, function, inner, outer)


def while_loops(tree: ast.Module, task: Task) -> None:
    """A `for` over a range is a `while`."""
    number = 0
    for body in _bodies(tree):
        for loop in [each for each in body if isinstance(each, ast.For)]:
            call = loop.iter
            if (
                not isinstance(call, ast.Call)
                or ast.unparse(call.func) != "range"
                or len(call.args) != 1
                or loop.orelse
                or any(isinstance(inner, (ast.Continue, ast.Yield)) for inner in ast.walk(loop))
            ):
                continue
            number += 1
            turn, end = f"turn_{number}", f"end_{number}"
            start = ast.parse(f"{turn}, {end} = 0, {ast.unparse(call.args[0])}").body
            again = _parsed(f"while {turn} < {end}:\n    {ast.unparse(loop.target)} = {turn}")
            assert isinstance(again, ast.While)
            again.body += [*loop.body, _parsed(f"{turn} += 1")]
            place = body.index(loop)
            body[place : place + 1] = [*start, again]


def consumed_generators(tree: ast.Module, task: Task) -> None:
    """List comprehensions are generators that `list` consumes."""

    class Consumed(ast.NodeTransformer):
        def visit_ListComp(self, node: ast.ListComp) -> ast.AST:
            self.generic_visit(node)
            generator = ast.GeneratorExp(node.elt, node.generators)
            return ast.Call(ast.Name("list", ast.Load()), [generator], [])

    if "list" not in {each.id for each in _stored(tree)}:
        Consumed().visit(tree)


def in_place(tree: ast.Module, task: Task) -> None:
    """`w -= g` without gradients is `w.sub_(g)`, and on plain numbers `w = w - g`."""
    for body in _bodies(tree):
        for place, each in enumerate(body):
            if not isinstance(each, ast.AugAssign) or not isinstance(each.op, ast.Sub):
                continue
            if not isinstance(each.target, ast.Name):
                continue
            name, value = each.target.id, ast.unparse(each.value)
            if ".grad" in value and task.torch:
                body[place] = _parsed(f"{name}.sub_({value})")
            elif _is_number(tree, name):
                body[place] = _parsed(f"{name} = {name} - ({value})")


def containers(tree: ast.Module, task: Task) -> None:
    """Tuples that are returned are lists, and lists are tuples where the task does not ask for a list."""
    for function in _every(tree, ast.FunctionDef):
        docs = task.docs.get(function.name)
        for each in _every(function, ast.Return) if docs is not None else ():
            if isinstance(each.value, ast.Tuple):
                each.value = ast.List(each.value.elts, ast.Load())
            elif isinstance(each.value, ast.ListComp) and re.search(r"tuple or a list", task.text):
                each.value = ast.Call(ast.Name("tuple", ast.Load()), [each.value], [])


def other_start(tree: ast.Module, task: Task) -> None:
    """Layers start with other numbers, and other parameters too where the task leaves the start open."""
    for body in _bodies(tree):
        for each in list(body):
            if not isinstance(each, ast.Assign):
                continue
            target, value = ast.unparse(each.targets[0]), ast.unparse(each.value)
            if target.startswith("self.") and LAYERS.match(value):
                code = f"{target}.bias.data.zero_()\n{target}.weight.data.mul_(0.9)"
                body[body.index(each) + 1 : body.index(each) + 1] = ast.parse(code).body
            elif FREE_START.search(task.text) and target in ("w", "b"):
                if match := re.fullmatch(r"torch\.zeros\((.*), requires_grad=True\)", value):
                    each.value = _expression(f"torch.full(({match[1]},), 0.01, requires_grad=True)")
                elif value == "0.0":
                    each.value = ast.Constant(0.01)


def schedules(tree: ast.Module, task: Task) -> None:
    """The rate falls slowly, where the task leaves the optimizer open."""
    if not FREE_OPTIMIZER.search(task.text) or not task.torch or SCHEDULED.search(task.code):
        return
    scopes: list[ast.Module | ast.FunctionDef] = [tree, *_every(tree, ast.FunctionDef)]
    for scope in scopes:
        for each in [each for each in scope.body if OPTIMIZER.match(ast.unparse(each))][:1]:
            name = ast.unparse(each).partition(" = ")[0]
            places = [
                (block, step)
                for block in _bodies(scope)
                for step in block
                if ast.unparse(step) == f"{name}.step()"
            ]
            if len(places) == 1:
                [(block, step)] = places
                block.insert(block.index(step) + 1, _parsed("schedule.step()"))
                falling = f"schedule = torch.optim.lr_scheduler.ExponentialLR({name}, 0.999)"
                scope.body.insert(scope.body.index(each) + 1, _parsed(falling))


def tensor_parameters(tree: ast.Module, task: Task) -> None:
    """The true values are tensors."""
    for each in tree.body if task.torch else ():
        if isinstance(each, ast.Assign) and ast.unparse(each.targets[0]).startswith("true_"):
            value = ast.unparse(each.value)
            if re.fullmatch(r"-?[\d.]+|\[[-\d., ]+\]", value):
                each.value = _expression(f"torch.tensor({value})")


def double_precision(tree: ast.Module, task: Task) -> None:
    """PyTorch computes in float64 wherever nobody asks for something else.

    Not where a function multiplies matrices that it is given, which may be of float32, nor where data come
    from a file.
    """
    multiplies = any(PRODUCTS.search(function) for function in FUNCTION.findall(task.code))
    if multiplies or FROM_FILE.search(task.code):
        return
    imported = {name.name for each in _every(tree, ast.Import) for name in each.names if not name.asname}
    if "torch" in imported:
        tree.body.append(_parsed("torch.set_default_dtype(torch.float64)"))


REWRITES: dict[str, Rewrite] = {
    "renamed locals": renamed_locals,
    "annotations": annotated,
    "decorators": decorated,
    "closures": closures,
    "callable objects": callable_objects,
    "lambdas": lambdas,
    "helper functions": helpers,
    "while loops": while_loops,
    "generators consumed": consumed_generators,
    "in place": in_place,
    "other containers": containers,
    "other start": other_start,
    "a schedule": schedules,
    "tensor parameters": tensor_parameters,
    "float64": double_precision,
}
# Rewrites that go together.
BUNDLES = {
    "another form": (
        "renamed locals",
        "annotations",
        "while loops",
        "generators consumed",
        "helper functions",
        "decorators",
    ),
    "other values": (
        "in place",
        "other containers",
        "other start",
        "a schedule",
        "tensor parameters",
        "callable objects",
    ),
}
# Rewrites of cells that students are given.
OF_GIVEN = ("tensor parameters", "float64")


def _every(node: ast.AST, *kinds: type[Node]) -> Iterator[Node]:
    """The nodes of these kinds in a tree."""
    return (each for each in ast.walk(node) if isinstance(each, kinds))


def _stored(node: ast.AST) -> list[ast.Name]:
    """The names that are bound in a tree by assignments and loops."""
    return [each for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)]


def _functions(tree: ast.Module) -> list[ast.FunctionDef]:
    """The functions at a cell's top level that can be moved."""
    found = [each for each in tree.body if isinstance(each, ast.FunctionDef) and not each.decorator_list]
    return [each for each in found if not UNMOVABLE.search(ast.unparse(each))]


def _bodies(tree: ast.AST) -> list[list[ast.stmt]]:
    """All blocks of statements, inner ones first."""
    found = []
    for node in ast.walk(tree):
        for field in ("body", "orelse", "finalbody"):
            block = getattr(node, field, None)
            if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
                found.append(block)
    return found[::-1]


def _put(tree: ast.Module, old: ast.stmt, *new: ast.stmt) -> None:
    """Put statements in the place of one at top level."""
    place = tree.body.index(old)
    tree.body[place : place + 1] = new


def _parsed(source: str) -> ast.stmt:
    """The statement that a source holds."""
    return ast.parse(source).body[0]


def _expression(source: str) -> ast.expr:
    """The expression that a source holds."""
    return ast.parse(source, mode="eval").body


def _annotations(function: ast.FunctionDef) -> bool:
    """Whether a function is annotated."""
    return function.returns is not None or any(each.annotation for each in function.args.args)


def _yields(function: ast.FunctionDef) -> bool:
    """Whether a function is a generator."""
    return any(isinstance(each, (ast.Yield, ast.YieldFrom)) for each in ast.walk(function))


def _is_number(tree: ast.Module, name: str) -> bool:
    """Whether a name starts as a number that is written in."""
    return any(
        isinstance(each, ast.Assign)
        and isinstance(each.value, ast.Constant)
        and name in {ast.unparse(target) for target in each.targets}
        for each in ast.walk(tree)
    )
