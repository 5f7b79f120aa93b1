"""A notebook's code as syntax trees, with the questions that rubrics ask of it.

Nothing is run. Magics and shell lines are translated as IPython translates them, so they break nothing, and
the code in them counts. A module that a cell writes with `%%writefile` counts if it is imported. A cell with
a syntax error is left out, because it did not run either.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping

from grader.notebook.lineage import Lineage
from grader.notebook.magics import code_of, module_of
from grader.notebook.namespace import Namespace
from grader.notebook.syntax import Budget, syntax_tree


class Source:
    """What the notebook's code imports, calls, names and defines. Aliases are resolved.

    Names are dotted and absolute: after `import torch.nn as nn`, `nn.Linear` is "torch.nn.Linear". An
    attribute of an object that is not a module is known by its last name alone: `loss.backward()` is
    ".backward".
    """

    def __init__(self, cells: Iterable[str]) -> None:
        """Parse the cells' sources.

        Raises TooLong if there is more code than is analyzed: a rubric may look for the part left out.
        """
        budget = Budget()
        code = code_of(cells, budget)
        modules = {name: Namespace([tree], {}) for name, tree in _modules(code.trees, code.written, budget)}
        self._parts = [Namespace(code.trees, modules), *modules.values()]

    @property
    def trees(self) -> list[ast.Module]:
        """The syntax trees of the cells, and of the modules that they write and import."""
        return [tree for part in self._parts for tree in part.trees]

    @property
    def imports(self) -> frozenset[str]:
        """Modules and names imported, dotted: `from torch import nn` gives "torch" and "torch.nn"."""
        return frozenset().union(*(part.imports for part in self._parts))

    @property
    def names(self) -> frozenset[str]:
        """Every name used, together with its attributes."""
        return frozenset().union(*(part.names for part in self._parts))

    @property
    def calls(self) -> frozenset[str]:
        """The names of everything that is called anywhere."""
        return frozenset().union(*(part.calls for part in self._parts))

    @property
    def defines(self) -> frozenset[str]:
        """Names of functions, classes and variables that the notebook defines at top level."""
        return self._parts[0].defines

    @property
    def loops(self) -> bool:
        """Whether there is a `for` or a `while` anywhere."""
        return any(isinstance(node, (ast.For, ast.While)) for part in self._parts for node in part.nodes)

    def uses(self, *prefixes: str) -> list[str]:
        """Everything imported or named that matches one of `prefixes`, sorted.

        "torch.optim" matches itself and all below it; ".lstsq" matches that last name anywhere. What the
        notebook has made itself does not count: a method `solve` of its own classes is not ".solve".
        """
        everything = frozenset[str]().union(*(part.foreign for part in self._parts))
        found = set()
        for prefix in prefixes:
            for name in everything:
                below = name == prefix or name.startswith(prefix + ".")
                if below or (prefix.startswith(".") and name.endswith(prefix)):
                    found.add(name)
        return sorted(found)

    def behind(self, *names: str) -> Source:
        """The part of the code that leads to these names of the notebook.

        That is every statement at top level that assigns, defines or changes one of them, and what these
        statements read, and so on. Not in it are what is only imported, what is only printed or drawn,
        annotations, and cells that compare or try out something else.
        """
        part = Source([])
        part._parts = Lineage(self._parts[0]).behind(names)
        return part


def _modules(
    trees: Iterable[ast.Module], written: Mapping[str, str], budget: Budget
) -> Iterable[tuple[str, ast.Module]]:
    """The written modules that code imports, and those that they import, under the names of the imports."""
    left, seen = list(trees) if written else [], set[str]()
    while left:
        for name in sorted(Namespace([left.pop()], {}).imports - seen):
            seen.add(name)
            paths = [path for path in written if f".{module_of(path)}".endswith(f".{name}")]
            if paths and (tree := syntax_tree(written[paths[0]], budget)) is not None:
                left.append(tree)
                yield name, tree
