"""Operators of meaning: answers that read like the task and do something else.

Beside the slips of `grader.proof.mutation_operators`, which change a solution's text, these change what is
computed: which examples are trained on or measured, which arguments count, which parameters learn, whose
answer is returned. They are made only where a cell's syntax tree and its surroundings show that they apply.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator

from grader.proof.edits import Edit, ParsedCell
from grader.proof.surroundings import Surroundings

# Arguments that hold examples, one an entry.
EXAMPLES = ("x", "y", "xs", "ys", "X", "features", "labels", "inputs", "targets")
# An argument that holds several tensors.
DATA = "data_arrays"
# Arguments that hold more than a number, and those that do if the function's text says so.
ARRAYS = (
    "xs",
    "ys",
    "ws",
    "bs",
    "X",
    "features",
    "labels",
    "costs",
    "hessian",
    "values",
    "y_hat",
    "data_arrays",
)
MAYBE_ARRAYS = ("x", "y", "a", "t", "w", "b", "previous", "gradient")
ARRAY_WORDS = re.compile(r"\b(?:arrays?|tensors?|lists?|shape|stays)\b")
MODELS = ("model", "net")
DRAWS = re.compile(r"\b(?:randperm|permutation|randn?|randint|normal|shuffle)\(")
MEASURED = ("loss", "error", "cost")
LOSSES = {"MSELoss": ("HuberLoss", "SmoothL1Loss"), "mse_loss": ("huber_loss", "smooth_l1_loss")}
LAYERS = re.compile(r"(?:\w+\.)*(?:Lazy)?(?:Linear|Conv[123]d)\(")
UPDATE = re.compile(r"\.step\(\)$|^sgd\(")
# The first answer for numbers as they are and for arrays of this shape, again and again.
REMEMBERED = (
    "{name} = (lambda f, known={{}}: lambda *a, **k: known.setdefault(repr([getattr(v, 'shape', v if "
    "isinstance(v, (int, float, str)) else None) for v in (*a, *k.values())]), {call}))({name})"
)


class MeaningMutator(ParsedCell):
    """One cell, and the edits that change what its answers mean.

    `answers` are the numbers of the lines, from 1, that belong to an answer. A method `of_X` yields the edits
    for nodes of the class `ast.X` that overlap with one. Raises SyntaxError if the source is not plain
    Python.
    """

    def __init__(self, source: str, answers: Collection[int], surroundings: Surroundings) -> None:
        super().__init__(source)
        self.answers = answers
        self.surroundings = surroundings

    def edits(self) -> Iterator[Edit]:
        """Every edit, in the order of the syntax tree. Some may be alike, and some may not be Python."""
        for node in ast.walk(self.tree):
            if not hasattr(node, "lineno") or not self._is_answer(node):
                continue
            for method in (getattr(self, "of_" + kind.__name__, None) for kind in type(node).__mro__):
                if method is not None:
                    yield from method(node)

    def _is_answer(self, node: ast.AST) -> bool:
        """Whether a node is part of an answer, or a function that holds one."""
        first, last = node.lineno, node.end_lineno  # type: ignore[attr-defined]
        if isinstance(node, ast.FunctionDef):
            return any(line in self.answers for line in range(first, last + 1))
        return first in self.answers

    # ---- functions and their arguments

    def of_FunctionDef(self, node: ast.FunctionDef) -> Iterator[Edit]:
        """Other examples, an ignored argument, changed data, a remembered answer, the best one."""
        arguments = [each.arg for each in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
        stored = {each.id for each in _names(node, ast.Store)}
        kept = [name for name in arguments if name not in stored and name != "self"]
        yield from self._other_examples(node, [name for name in kept if name in EXAMPLES])
        for name in kept:
            yield from self._ignored(node, name)
        arrays = [name for name in arguments if self._is_array(node, name)]
        for name in arrays:
            yield from self._changed(node, name)
        if node.col_offset == 0 and (
            arrays or DRAWS.search(self.text(node)) or any(name in MODELS for name in arguments)
        ):
            yield from self._remembered(node)
        yield from self._best(node)

    def _other_examples(self, node: ast.FunctionDef, names: list[str]) -> Iterator[Edit]:
        """Half of the examples, and all but the first, where a function goes through them."""
        if len(names) == 2 and re.search(r"\bfor\b|mean\(", self.text(node)):
            for part in ("{name}[:len({name}) // 2]", "{name}[1:]"):
                yield from self._loads_replaced(
                    "data", node, {name: part.format(name=name) for name in names}
                )

    def _ignored(self, node: ast.FunctionDef, name: str) -> Iterator[Edit]:
        """An argument whose value makes no difference: the notebook's own value is always taken."""
        value = self.surroundings.usual(node, name)
        if value is not None:
            yield from self._loads_replaced("argument", node, {name: value})

    def _loads_replaced(self, kind: str, node: ast.AST, texts: dict[str, str]) -> Iterator[Edit]:
        """The edit that replaces every use of these names in the answers below a node."""
        found: dict[ast.AST, str] = {
            each: texts[each.id]
            for each in _names(node, ast.Load)
            if each.id in texts and each.lineno in self.answers
        }
        if found:
            yield self.rewritten(kind, found)

    def _is_array(self, node: ast.FunctionDef, name: str) -> bool:
        """Whether an argument holds an array, a tensor or a list, as far as names and text tell."""
        text = ast.get_docstring(node) or ""
        number = rf"\b{name}(?: and \w+)? (?:is |are )?(?:a )?numbers?\b|\bnumber {name}\b"
        return name in ARRAYS or (
            name in MAYBE_ARRAYS and bool(ARRAY_WORDS.search(text)) and not re.search(number, text)
        )

    def _changed(self, node: ast.FunctionDef, name: str) -> Iterator[Edit]:
        """The caller's array or list is changed, after the answer has been computed."""
        change = (
            f"torch.as_tensor({name}).detach().mul_(2)"
            if self.surroundings.torch
            else f"np.asarray({name}).__imul__(2)"
        )
        change = f"{name}.reverse() if isinstance({name}, list) else {change}"
        if name == DATA:
            change = f"[each.mul_(2) for each in {DATA}]"
        returns = [
            each for each in _within(node) if isinstance(each, ast.Return) and each.lineno in self.answers
        ]
        if returns and all(each.value is not None for each in returns):
            yield self.rewritten(
                "caller",
                {
                    each: f"answer = {self.text(each.value)}; {change}; return answer"
                    for each in returns
                    if each.value is not None
                },
            )

    def _remembered(self, node: ast.FunctionDef) -> Iterator[Edit]:
        """A function that gives its first answer again wherever numbers and shapes are the same."""
        parts = list(_within(node))
        if any(isinstance(each, (ast.Yield, ast.YieldFrom)) for each in parts):
            call = "list(f(*a, **k))"
        elif any(isinstance(each, ast.Return) and each.value is not None for each in parts):
            call = "f(*a, **k)"
        else:
            return
        text = "\n" + REMEMBERED.format(name=node.name, call=call)
        yield Edit("memo", self.end(node), self.end(node), text)

    def _best(self, node: ast.FunctionDef) -> Iterator[Edit]:
        """The answer at the smallest error so far in place of the last one."""
        *others, last = node.body
        places = [place for place, each in enumerate(others) if isinstance(each, ast.For)]
        if not places or places[0] == 0 or not isinstance(last, ast.Return) or last.value is None:
            return
        before, loop = others[places[0] - 1], others[places[0]]
        assert isinstance(loop, ast.For)
        answer = self.text(last.value)
        for statement in loop.body:
            target = statement.targets[0] if isinstance(statement, ast.Assign) else None
            if isinstance(target, ast.Name) and target.id in MEASURED and target.id not in answer:
                measure = "loss" if target.id == "loss" else f"({target.id} ** 2).mean()"
                found = f'(float({measure}), __import__("copy").deepcopy(({answer})))'
                texts: dict[ast.AST, str] = {
                    before: f'{self.text(before)}; best = (float("inf"), ({answer}))',
                    statement: f"{self.text(statement)}; best = min(best, {found}, key=lambda each: each[0])",
                    last: "return best[1]",
                }
                yield self.rewritten("best", texts)

    def of_Return(self, node: ast.Return) -> Iterator[Edit]:
        """A function's or a model's output that forgets where it came from, or only seems to know."""
        function = self.enclosing(node, ast.FunctionDef)
        if not self.surroundings.torch or not isinstance(function, ast.FunctionDef) or node.value is None:
            return
        in_model = isinstance(self.enclosing(function, ast.ClassDef), ast.ClassDef)
        text = self.text(node.value)
        computed = isinstance(node.value, ast.BinOp) or re.search(r"\.(?:mean|sum)\(\)$", text)
        if in_model and function.name == "forward":
            yield self.replaced("graph", node.value, f"({text}).detach().requires_grad_()")
        elif computed and self.enclosing(node, ast.With) is None and not _loops(function):
            for cut in (".detach()", ".detach().requires_grad_()"):
                yield self.replaced("graph", node.value, f"({text}){cut}")

    # ---- calls

    def of_Call(self, node: ast.Call) -> Iterator[Edit]:
        """Another loss, a cut graph, frozen parameters, a shuffle that hardly shuffles."""
        text = self.text(node.func)
        name = text.rpartition(".")[2]
        for other in LOSSES.get(name, ()):
            yield self.replaced("loss", node.func, text.removesuffix(name) + other)
        if name == "mean" and "**" in self.text(node):
            yield self.replaced("loss", node, f"({self.text(node)}) ** 0.5")
            if text == "np.mean":
                yield self.replaced("loss", node.func, "np.median")
        if name == "backward" and not node.args and isinstance(node.func, ast.Attribute):
            yield self.replaced(
                "graph", node.func.value, f"{self.owner(node.func)}.detach().requires_grad_()"
            )
        if name == "parameters":
            yield from self._parameters(node)
        yield from self._layer(node, text)
        if name == "randperm":
            yield from self._hardly_shuffled(node)

    def _parameters(self, node: ast.Call) -> Iterator[Edit]:
        """An optimizer that holds some of a model's parameters, a count of what is not learned as well."""
        around = self.parents.get(node)
        if isinstance(around, ast.Call):
            for part in ("[:1]", "[1:]"):
                yield self.replaced("frozen", node, f"list({self.text(node)}){part}")
        elif isinstance(around, ast.comprehension) and isinstance(node.func, ast.Attribute):
            yield self.replaced("data", node, f"{self.owner(node.func)}.state_dict().values()")

    def _layer(self, node: ast.Call, text: str) -> Iterator[Edit]:
        """A model's layer that gets no gradient."""
        function = self.enclosing(node, ast.FunctionDef)
        if isinstance(function, ast.FunctionDef) and function.name == "forward" and text.startswith("self."):
            yield self.replaced("graph", node, f"{self.text(node)}.detach()")

    def _hardly_shuffled(self, node: ast.Call) -> Iterator[Edit]:
        """The same order in each call, an order turned round, one with only its beginning shuffled."""
        if len(node.args) != 1 or node.keywords:
            return
        n = self.text(node.args[0])
        for text in (
            f"torch.randperm({n}, generator=torch.Generator().manual_seed(0))",
            f"torch.arange({n}).roll(int(torch.randint({n}, ())))",
            f"torch.cat([torch.randperm(min(2, {n})), torch.arange(2, {n})])",
        ):
            yield self.replaced("shuffle", node, text)

    def of_BinOp(self, node: ast.BinOp) -> Iterator[Edit]:
        """Another power of an error, which a better fit makes smaller as well."""
        squared = isinstance(node.op, ast.Pow) and getattr(node.right, "value", None) == 2
        if squared and any(isinstance(each, ast.Sub) for each in ast.walk(node.left)):
            base = self.text(node)[: self.end(node.left) - self.start(node)]
            whole = base + ")" * self.gap(self.end(node.left), self.end(node)).count(")")
            yield self.replaced("loss", node, f"abs({whole})")
            yield self.replaced("loss", node, f"{whole} ** 4")

    def of_Name(self, node: ast.Name) -> Iterator[Edit]:
        """One set of examples taken for another, and a parameter's value written in."""
        if not isinstance(node.ctx, ast.Load):
            return
        sets = self.surroundings.sets
        if node.id in sets:
            for other in sets:
                if other != node.id:
                    yield self.replaced("data", node, other)
        function = self.enclosing(node, ast.FunctionDef)
        own = {each.arg for each in ast.walk(function) if isinstance(each, ast.arg)} if function else set()
        if node.id in self.surroundings.parameters and node.id not in own:
            yield self.replaced("argument", node, self.surroundings.parameters[node.id])

    # ---- statements

    def of_Assign(self, node: ast.Assign) -> Iterator[Edit]:
        """What training is to find taken from the parameters, and a layer that does not learn."""
        truths = self.surroundings.truths
        names = [each.id for target in node.targets for each in _names(target, ast.Store)]
        loop = self.enclosing(node, ast.For, ast.While)
        if loop is None and names and all(name in truths for name in names):
            for name in names:
                yield self.followed("answer", node, f"{name} = {self._true(name, truths[name])}")
            if len(names) > 1:
                every = "; ".join(f"{name} = {self._true(name, truths[name])}" for name in names)
                yield self.followed("answer", node, every)
        target, text = node.targets[0], self.text(node.value)
        where = self.text(target)
        if isinstance(target, ast.Attribute) and LAYERS.match(text):
            yield self.followed("frozen", node, f"{where}.requires_grad_(False)")
            yield self.followed("frozen", node, f"{where}.bias.requires_grad_(False)")
        elif isinstance(target, ast.Name) and LAYERS.search(text):
            yield self.followed("frozen", node, f"list({where}.parameters())[-1].requires_grad_(False)")
        if LAYERS.search(text) and {"w", "b"} <= set(truths) and text.count("Linear(") == 1:
            yield self.followed("answer", node, self._true_layer(f"{where}.parameters()"))

    def _true(self, name: str, parameter: str) -> str:
        """The source of a parameter's value in the form that a variable has."""
        if not self.surroundings.torch:
            return f"{name} * 0 + {parameter}"
        value = f"torch.as_tensor({parameter}).reshape({name}.shape)"
        return f"({name}.detach() * 0 + {value}).requires_grad_({name}.requires_grad)"

    def _true_layer(self, parameters: str) -> str:
        """The statement that gives a layer's parameters their true values."""
        w, b = (self.surroundings.truths[name] for name in ("w", "b"))
        values = f"torch.tensor([*torch.tensor({w}).flatten(), {b}])"
        return f"torch.nn.utils.vector_to_parameters({values}, {parameters})"

    def of_AugAssign(self, node: ast.AugAssign) -> Iterator[Edit]:
        """An update in a loop that is made twice."""
        if isinstance(node.op, ast.Sub) and self.enclosing(node, ast.For, ast.While) is not None:
            yield self.followed("twice", node, self.text(node))

    def of_Expr(self, node: ast.Expr) -> Iterator[Edit]:
        """A step made twice, a loss that was not measured, true values in place of a step."""
        text = self.text(node)
        if UPDATE.search(text):
            yield self.followed("twice", node, text)
            [*models] = {each for each in re.findall(r"(\w+)\.parameters\(\)", self.source)}
            if {"w", "b"} <= set(self.surroundings.truths) and len(models) == 1 and ".step(" in text:
                yield self.replaced("answer", node, self._true_layer(f"{models[0]}.parameters()"))
        call = node.value
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and len(call.args) == 1:
            losses, value = self.text(call.func.value), self.text(call.args[0])
            if call.func.attr == "append" and re.search(r"\.item\(\)|float\(", value):
                yield self.replaced("best", call.args[0], f"min([{value}, *{losses}])")
                yield self.replaced("invented", call.args[0], f"1 / (1 + len({losses})) ** 2")

    def of_For(self, node: ast.For) -> Iterator[Edit]:
        """Some batches, all batches twice, the same batches in every epoch, twice as many steps."""
        text = self.text(node.iter)
        if isinstance(node.iter, ast.Call) and text.startswith("range(") and len(node.iter.args) == 1:
            last = node.iter.args[0]
            yield self.replaced("twice", last, f"2 * {self.in_parentheses(last, None)}")
        elif isinstance(node.target, ast.Tuple) and not re.match(r"\(|enumerate\(", text):
            yield self.replaced("data", node.iter, f"list({text})[::2]")
            yield self.replaced("data", node.iter, f"list({text})[1:]")
            yield self.replaced("twice", node.iter, f"list({text}) * 2")
            if self.enclosing(node, ast.For) is not None and self.enclosing(node, ast.FunctionDef) is None:
                yield self.replaced("shuffle", node.iter, f'globals().setdefault("same", list({text}))')

    def of_Subscript(self, node: ast.Subscript) -> Iterator[Edit]:
        """A batch of which only the first example counts."""
        around = self.enclosing(node, ast.Assign, ast.Expr)
        index = node.slice
        if not isinstance(index, ast.Name) or "batch" not in index.id or around is None:
            return
        uses: dict[ast.AST, str] = {
            each.slice: f"{index.id}[:1]"
            for each in ast.walk(around)
            if isinstance(each, ast.Subscript) and ast.unparse(each.slice) == index.id
        }
        yield self.rewritten("data", uses)


def _names(node: ast.AST, context: type[ast.expr_context]) -> list[ast.Name]:
    """The names below a node that are loaded, or stored."""
    return [each for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, context)]


def _within(node: ast.FunctionDef) -> Iterator[ast.AST]:
    """The nodes of a function that belong to no function inside it."""
    waiting: list[ast.AST] = list(node.body)
    while waiting:
        each = waiting.pop()
        yield each
        if not isinstance(each, (ast.FunctionDef, ast.Lambda, ast.ClassDef)):
            waiting += ast.iter_child_nodes(each)


def _loops(node: ast.FunctionDef) -> bool:
    """Whether a function has a loop."""
    return any(isinstance(each, (ast.For, ast.While)) for each in ast.walk(node))
