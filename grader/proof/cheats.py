"""Cheats that fit every assignment: what each one tries, and the cells that do it."""

from __future__ import annotations

from dataclasses import dataclass

from grader.proof.cheat_code import (
    AGREES,
    AHEAD,
    ASSERTS,
    AUDITED,
    BUILTINS,
    CLOSENESS,
    COLLECTED,
    ECHO,
    ENCODER,
    ENDLESS,
    FORGED,
    FRAMES,
    GENERATORS,
    HUGE,
    LEAVES,
    LYING_ARRAY,
    LYING_FLOAT,
    LYING_TENSOR,
    PAYLOAD,
    PLANTED,
    POSES,
    PROBE_AGREES,
    PROBE_ECHOES,
    PROCESSES,
    SEARCH,
    SKIPS,
    SPOKEN,
    STOPS,
    TENSORS,
    TRACED,
    TYPES,
    UNITTEST,
    VARIABLES,
    YES,
)
from grader.proof.null_answers import ANSWERS

CONSTANT, ZEROS = ANSWERS["constant"], ANSWERS["zeros"]
# Stands in a cheat's cells for the names that the answers define.
ANSWER_NAMES = "__NAMES__"


@dataclass(frozen=True)
class Cheat:
    """One way to cheat."""

    name: str
    tries: str
    # The source of a first cell.
    before: str = ""
    # An expression: what functions return and variables are bound to. {x} is a function's first argument.
    answer: str = CONSTANT
    # An expression that replaces even functions and classes. {name} is the name that it is bound to.
    bound: str = ""
    # The source of a last cell.
    after: str = ""
    # Whether it knows what the public checks ask, which every student may know.
    knows: bool = False


CHEATS = (
    Cheat("equal to everything", "answers are objects that compare equal to everything", AGREES, "_agrees"),
    Cheat(
        "names equal to everything",
        "functions and classes themselves are such objects",
        AGREES,
        bound="_agrees",
    ),
    Cheat("poses as a float", "the same, with the name, module and __class__ of a float", POSES, "_Float()"),
    Cheat(
        "poses as a tensor", "the same, with the name, module and __class__ of a tensor", POSES, "_Tensor()"
    ),
    Cheat(
        "lying float", "a subclass of float whose comparisons and differences lie", LYING_FLOAT, "_Float(9)"
    ),
    Cheat(
        "lying array", "a subclass of numpy.ndarray whose functions all say True", LYING_ARRAY, "_array({x})"
    ),
    Cheat(
        "lying tensor",
        "a subclass of torch.Tensor whose __torch_function__ says True",
        LYING_TENSOR,
        "_tensor({x})",
    ),
    Cheat("echo", "answers return whatever they are compared with", ECHO, "_Echo()"),
    Cheat(
        "names that echo", "functions return their last argument, as do all attributes", ECHO, bound="_Echo()"
    ),
    Cheat("yes", "every method of an answer says True: equal, allclose, passed", YES, "_Yes()"),
    Cheat("names that say yes", "every function, attribute and item is True", YES, bound="_Yes()"),
    Cheat(
        "mock",
        "answers are unittest.mock objects, which accept every call",
        "import unittest.mock",
        "unittest.mock.MagicMock()",
    ),
    Cheat(
        "mock's ANY",
        "answers are unittest.mock.ANY, which equals everything",
        "import unittest.mock",
        "unittest.mock.ANY",
    ),
    Cheat("True", "every answer is True", answer="True"),
    Cheat("None", "every answer is None", answer="None"),
    Cheat("not a number", "every answer is NaN", answer="{x} * float('nan')"),
    Cheat("a bare NaN", "every answer is the float NaN", answer="float('nan')"),
    Cheat("infinity", "every answer is infinite", answer="{x} * 0 + float('inf')"),
    Cheat("huge tensor", "answers are tensors of 2⁴⁰ elements that take no memory", HUGE, "_huge()"),
    Cheat("giant number", "answers are whole numbers of a hundred thousand digits", answer="10 ** 100_000"),
    Cheat("endless generator", "answers are iterators that never end", ENDLESS, "_endless()"),
    Cheat(
        "pickled payload",
        "answers are objects that unpickle to one equal to everything",
        PAYLOAD,
        "_Payload()",
    ),
    Cheat("pickled bytes", "answers are the bytes of such a pickle", PAYLOAD, "_pickled"),
    Cheat("skips the check", "answers raise pytest's own exception for a skipped test", SKIPS, "_skip()"),
    Cheat("stops the check", "answers raise SystemExit(0)", STOPS, "_stop()"),
    Cheat("patched builtins", "abs, all, any, max and sum lie, and answers are wrong", BUILTINS, ZEROS),
    Cheat(
        "patched types",
        "isinstance and type take an object equal to everything for a float",
        TYPES,
        "_agrees",
    ),
    Cheat("patched closeness", "isclose, allclose, assert_allclose and the like say yes", CLOSENESS, ZEROS),
    Cheat("patched tensors", "the methods that compare tensors lie", TENSORS, ZEROS),
    Cheat("patched test tools", "unittest, pytest and a module named grader are replaced", UNITTEST, ZEROS),
    Cheat(
        "patched generators",
        "random numbers are always the same, so that inputs are known",
        GENERATORS,
        ZEROS,
    ),
    Cheat(
        "frames",
        "answers are what calling frames hold under names like `expected`",
        FRAMES,
        "_from_frames({x})",
    ),
    Cheat(
        "the collector's objects",
        "answers are what any dict in memory holds under such names",
        COLLECTED,
        "_from_memory()",
    ),
    Cheat(
        "sys.settrace",
        "a trace function collects such values",
        TRACED.replace("FUNCTION", "settrace"),
        "_last({x})",
    ),
    Cheat(
        "sys.setprofile",
        "a profile function collects such values",
        TRACED.replace("FUNCTION", "setprofile"),
        "_last({x})",
    ),
    Cheat("audit hook", "an audit hook and IPython's events listen for the rubric", AUDITED, "_audited({x})"),
    Cheat(
        "searches the disk", "the file system is searched for the solution, which is then run", after=SEARCH
    ),
    Cheat("searches processes", "the process table is searched for paths of the rubric", PROCESSES, ZEROS),
    Cheat(
        "planted files", "conftest.py, test files and results are written wherever possible", PLANTED, ZEROS
    ),
    Cheat("planted variables", "environment variables switch off pytest and assert", VARIABLES, ZEROS),
    Cheat("deleted asserts", "IPython drops every assert from the code that it runs", ASSERTS, ZEROS),
    Cheat("says passed", "success is printed, also on descriptors 1 and 2", SPOKEN, ZEROS, after=SPOKEN),
    Cheat(
        "forged messages", "results and displays are sent in the kernel's name", FORGED, ZEROS, after=FORGED
    ),
    Cheat(
        "probe that agrees", "the session's own answering code is replaced: it says True", PROBE_AGREES, ZEROS
    ),
    Cheat("probe that echoes", "it returns what it is asked about", PROBE_ECHOES, ZEROS),
    Cheat("answers sent ahead", "answers are sent before anything is asked", AHEAD, ZEROS),
    Cheat("encoder that lies", "errors become the answer True on their way out", ENCODER, answer="1 / 0"),
    Cheat(
        "leaves with success", "the kernel exits with code 0 after wrong answers", answer=ZEROS, after=LEAVES
    ),
)
