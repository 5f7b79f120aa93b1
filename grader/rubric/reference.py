"""What stayed in a session, as a rubric uses it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol

from grader.inside import wire
from grader.inside.probe_messages import ATTRIBUTE, CALL, FETCH, ITEM, LENGTH, TAKE, request
from grader.rubric.errors import InvalidValue, NotAttempted, StudentError

MAX_ITEMS = 10_000  # of one iteration


class Client(Protocol):
    """What a reference needs of the connection to its session (grader.rubric.probe_client.ProbeClient)."""

    dropped: list[int]  # numbers of references that the rubric no longer has

    def ask(self, message: Mapping[str, Any]) -> Any:
        """The session's answer to a request. Raises a CheckStopped if there is no usable one."""


class Reference:
    """An object that stayed in the session: a function, a class, a model. Use it as if it were here.

    It can be called, indexed, iterated (at most MAX_ITEMS) and asked for attributes and its length. All
    of this happens in the session. Each result comes back as data or as another reference.
    """

    __slots__ = ("_client", "_there")

    def __init__(self, client: Client, there: wire.Handle) -> None:
        object.__setattr__(self, "_client", client)
        object.__setattr__(self, "_there", there)

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        """Call the object in its session. Raises StudentError if that raises."""
        return call(self, arguments, keywords)

    def __getattr__(self, name: str) -> Any:
        # Python itself asks for such names, as copy and pytest do.
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return _ask(self, ATTRIBUTE, name=name)

    def __getitem__(self, key: Any) -> Any:
        return _ask(self, ITEM, key=key)

    def __len__(self) -> int:
        try:
            length = _ask(self, LENGTH)
        except StudentError as error:
            # list() and tuple() first ask for a length. After a TypeError, they do without.
            if error.kind == "TypeError":
                raise TypeError(error.message) from None
            raise
        if type(length) is not int or length < 0:
            raise InvalidValue("a length that is none")
        return length

    def __iter__(self) -> Iterator[Any]:
        answer = _ask(self, TAKE, limit=MAX_ITEMS)
        if type(answer) is not list or len(answer) != 2 or type(answer[0]) is not list:
            raise InvalidValue("the answer makes no sense")
        items, complete = answer
        yield from items
        if complete is not True:
            raise InvalidValue(f"more than {MAX_ITEMS:,} items")

    def __bool__(self) -> bool:
        return True

    def __repr__(self) -> str:
        return f"<{object.__getattribute__(self, '_there').kind} in the session>"

    def __del__(self) -> None:
        try:
            client_of(self).dropped.append(object.__getattribute__(self, "_there").number)
        except AttributeError:
            pass


def client_of(reference: Reference) -> Client:
    """The connection to the session in which the object is."""
    client: Client = object.__getattribute__(reference, "_client")
    return client


def handle_of(reference: Reference) -> wire.Handle:
    """What stands for the object in messages to its session."""
    there: wire.Handle = object.__getattribute__(reference, "_there")
    return there


def call(reference: Reference, arguments: Iterable[Any], keywords: Mapping[str, Any], **options: Any) -> Any:
    """The result of a call in the session. For the options see `CALL` in `grader.inside.probe_messages`."""
    return _ask(reference, CALL, arguments=list(arguments), keywords=dict(keywords), **options)


def fetch(reference: Reference) -> Any:
    """The current value of what a reference stands for, as data."""
    return _ask(reference, FETCH)


def filled_in(value: Any, name: str) -> Any:
    """The value itself. Raises NotAttempted if it is the `...` that a stub puts in its place."""
    if value is Ellipsis:
        raise NotAttempted(name)
    return value


def _ask(reference: Reference, operation: str, **arguments: Any) -> Any:
    message = {"target": reference, **request(operation, **arguments)}
    return filled_in(client_of(reference).ask(message), "the answer")
