"""What the tests of all crates share: is a function that has Rust behind it the same as the Python original?"""

import contextlib
import copy
import inspect
import itertools
import math
import signal

import pytest

# How long one call may take before it is given up.
SECONDS = 0.5
# How much more memory one call may take.
BYTES = 1 << 30
# How many items of a generator are compared.
ITEMS = 1000

# How many differences are shown.
SHOWN = 10

NO_DEFAULT = inspect.Parameter.empty
BY_PLACE = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


def call(*positional, **named):
    """A call to compare: the arguments as they are to be given."""
    return positional, named


def check_signature(function, original):
    """Names, kinds and defaults are the same; a default that is no literal is shown as `...`."""
    shown = inspect.signature(function).parameters
    expected = inspect.signature(original).parameters
    assert [(p.name, p.kind) for p in shown.values()] == [(p.name, p.kind) for p in expected.values()]
    for name, parameter in shown.items():
        default = expected[name].default
        assert (parameter.default is NO_DEFAULT) == (default is NO_DEFAULT), name
        if parameter.default is not ...:
            assert difference(default, parameter.default, name) is None


def check_docstring(function, original):
    assert (function.__doc__ or "") == inspect.cleandoc(original.__doc__ or "")


def check_forwarding(function, package, monkeypatch):
    """A call reaches the original with the very arguments that were given, and no others."""
    signature = inspect.signature(package._original.resolve())
    bind = binder(signature)
    with recorded(package, monkeypatch) as record:
        for positional, named in ways_to_call(signature):
            result = finished(function(*positional, **named))
            (reached,) = record.calls
            record.calls.clear()
            assert same_objects(bind(*reached[0], **reached[1]), bind(*positional, **named)), (positional, named, reached)
            assert result is record.result or result == list(record.result)


def check_refusals(function, package, monkeypatch):
    """What Python refuses is refused, and does not reach the original."""
    signature = inspect.signature(package._original.resolve())
    bind = binder(signature)
    with recorded(package, monkeypatch) as record:
        for positional, named in itertools.chain(*map(spoilt, ways_to_call(signature))):
            if refuses(bind, positional, named):
                assert refuses(function, positional, named), (positional, named)
        assert record.calls == []


def check_parity(function, original, examples):
    """Results, exceptions and changed arguments are the same, with types."""
    differences = []
    for positional, named in examples:
        expected = Outcome(original, copy.deepcopy((positional, named)))
        if expected.gave_up:
            continue
        actual = Outcome(function, copy.deepcopy((positional, named)))
        found = expected.difference(actual)
        if found:
            differences.append(f"{shown_call(positional, named)}: {found}")
    if differences:
        more = f"\n… and {len(differences) - SHOWN} more" if len(differences) > SHOWN else ""
        pytest.fail("\n".join(differences[:SHOWN]) + more, pytrace=False)


class Record:
    """Stands in for the original."""

    def __init__(self):
        self.calls = []
        self.result = ["the result"]

    def __call__(self, *positional, **named):
        self.calls.append((positional, named))
        return self.result


@contextlib.contextmanager
def recorded(package, monkeypatch):
    """Every call goes to a record in the place of the original, also where Rust could take it."""
    record = Record()
    monkeypatch.setattr(package._original, "function", record)
    was_on = package.use_rust(False)
    try:
        yield record
    finally:
        package.use_rust(was_on)
        monkeypatch.undo()


def binder(signature):
    """A function of this signature that gives what its parameters were bound to, but for defaults.

    Python itself binds: `Signature.bind` refuses a name in `**kwargs` that a positional-only parameter has too.
    """
    default = object()
    parameters = [p.replace(annotation=NO_DEFAULT) for p in signature.parameters.values()]
    shown = str(inspect.Signature([p if p.default is NO_DEFAULT else p.replace(default=Default()) for p in parameters]))
    names = ", ".join(f"({p.name!r}, {p.name})" for p in parameters)
    bind = eval(f"lambda {shown[1:-1]}: [{names}]", {repr(Default()): default})
    return lambda *positional, **named: {
        name: value for name, value in bind(*positional, **named) if value is not default
    }


class Default:
    """Shown in a signature by a name that stands for the default."""

    def __repr__(self):
        return "__default"


def ways_to_call(signature):
    """Calls in every way to bind: by place, by name, with each default left out, with more than is named."""
    parameters = list(signature.parameters.values())
    kinds = {p.kind for p in parameters}
    places = [p for p in parameters if p.kind in BY_PLACE]
    by_name = [p for p in parameters if p.kind is p.KEYWORD_ONLY]
    defaults = [p for p in parameters if p.default is not NO_DEFAULT]
    more = [object(), object()] if inspect.Parameter.VAR_POSITIONAL in kinds else []
    more_named = {}
    if inspect.Parameter.VAR_KEYWORD in kinds:
        # A name before the `/` is free for `**kwargs`.
        free = ["more", "ünknown", *(p.name for p in places if p.kind is p.POSITIONAL_ONLY)]
        more_named = {name: object() for name in free}

    yield [object() for _ in places], {p.name: object() for p in by_name}
    yield [object() for _ in places] + more, {**{p.name: object() for p in by_name}, **more_named}
    for left_out in [[], defaults, *([p] for p in defaults)]:
        named = {p.name: object() for p in by_name if p not in left_out}
        first = next((n for n, p in enumerate(places) if p in left_out), len(places))
        for split in {first, 0}:
            # What stands after the one that is left out can only be given by name, and by place what has no name.
            split = max([split, *(n + 1 for n, p in enumerate(places[:first]) if p.kind is p.POSITIONAL_ONLY)])
            rest = [p for p in places[split:] if p not in left_out and p.kind is not p.POSITIONAL_ONLY]
            if all(p.default is not NO_DEFAULT or p in rest for p in places[split:]):
                yield [object() for _ in places[:split]], {**{p.name: object() for p in rest}, **named, **more_named}


def spoilt(way):
    """A call made wrong: an argument too few, too many, or of an unknown name."""
    positional, named = way
    yield positional[1:], named
    yield positional + [object()], named
    yield positional, {**named, "no such name": object()}
    for name in named:
        yield positional, {other: value for other, value in named.items() if other != name}


def refuses(function, positional, named):
    try:
        function(*positional, **named)
    except TypeError:
        return True
    return False


def same_objects(first, second):
    """Whether two sets of bound arguments hold the same objects under the same names, in the same order."""
    if list(first) != list(second):
        return False
    return all(is_same(first[name], second[name]) for name in first)


def is_same(first, second):
    if isinstance(first, tuple):
        return len(first) == len(second) and all(map(is_same, first, second))
    if isinstance(first, dict):
        return list(first) == list(second) and all(first[name] is second[name] for name in first)
    return first is second


def finished(result):
    """The result of a call: of a coroutine what it returns, of a generator its items."""
    if inspect.iscoroutine(result):
        try:
            result.send(None)
        except StopIteration as stop:
            return stop.value
        raise AssertionError("the coroutine waits for something")
    return list(result) if inspect.isgenerator(result) else result


class TooLong(BaseException):
    """A call took longer than it may."""


class Outcome:
    """What a call did: what it returned or raised, and what its arguments are afterwards."""

    def __init__(self, function, arguments):
        self.arguments = arguments
        self.gave_up = False
        self.raised = None
        self.result = None
        positional, named = arguments
        try:
            with bounded():
                self.result = with_items(function(*positional, **named))
        except (TooLong, MemoryError, RecursionError):
            # Where these come is not the function's to say.
            self.gave_up = True
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            self.raised = error

    def difference(self, actual):
        """What is different in what another call did, if anything."""
        if actual.gave_up:
            return "took too much time or memory"
        if (self.raised is None) != (actual.raised is None):
            return f"expected {self}, got {actual}"
        if self.raised is not None:
            found = difference((type(self.raised), self.raised.args), (type(actual.raised), actual.raised.args), "exception")
        else:
            found = difference(self.result, actual.result, "result")
        return found or difference(self.arguments, actual.arguments, "arguments afterwards")

    def __str__(self):
        return f"result {self.result!r}" if self.raised is None else f"exception {self.raised!r}"


@contextlib.contextmanager
def bounded():
    """Ends a call that takes too long or too much, where the system can."""
    with contextlib.ExitStack() as stack:
        if hasattr(signal, "setitimer"):
            stack.callback(signal.signal, signal.SIGALRM, signal.signal(signal.SIGALRM, give_up))
            stack.callback(signal.setitimer, signal.ITIMER_REAL, 0)
            stack.enter_context(bounded_memory())
            signal.setitimer(signal.ITIMER_REAL, SECONDS)
        yield


def give_up(_signal, _frame):
    raise TooLong


@contextlib.contextmanager
def bounded_memory():
    """Only where the system tells how much is in use."""
    try:
        import resource

        with open("/proc/self/statm") as sizes:
            used = int(sizes.read().split()[0]) * resource.getpagesize()
    except (ImportError, OSError):
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    bound = used + BYTES if soft == resource.RLIM_INFINITY else min(used + BYTES, soft)
    resource.setrlimit(resource.RLIMIT_AS, (bound, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def with_items(result):
    """An iterator by its first items: there is nothing else to compare."""
    if hasattr(type(result), "__next__"):
        return "iterator", list(itertools.islice(result, ITEMS))
    return result


def difference(expected, actual, where, seen=()):
    """The first difference between two values, in words; None where there is none."""
    pair = (id(expected), id(actual))
    if pair in seen:
        return None
    seen = (*seen, pair)
    if type(expected) is not type(actual):
        return f"{where}: expected {expected!r} of type {type(expected).__name__}, got {actual!r} of type {type(actual).__name__}"
    if isinstance(expected, (list, tuple)) and len(expected) == len(actual):
        pairs = zip(expected, actual)
        return first(difference(e, a, f"{where}[{n}]", seen) for n, (e, a) in enumerate(pairs))
    if isinstance(expected, dict) and list(map(repr, expected)) == list(map(repr, actual)):
        pairs = zip(expected.items(), actual.items())
        return first(difference(e, a, f"{where}[{key!r}]", seen) for key, (e, a) in zip(expected, pairs))
    if is_equal(expected, actual):
        return None
    if type(expected).__eq__ is object.__eq__ and hasattr(expected, "__dict__"):
        return difference(vars(expected), vars(actual), where, seen)
    return f"{where}: expected {expected!r}, got {actual!r}"


def is_equal(expected, actual):
    if isinstance(expected, float):
        if math.isnan(expected) or math.isnan(actual):
            return math.isnan(expected) and math.isnan(actual)
        return expected == actual and math.copysign(1, expected) == math.copysign(1, actual)
    if isinstance(expected, complex):
        return is_equal(expected.real, actual.real) and is_equal(expected.imag, actual.imag)
    if type(expected) is object:
        return True
    if isinstance(expected, (set, frozenset)):
        return sorted(map(repr, expected)) == sorted(map(repr, actual))
    try:
        return bool(expected == actual)
    except Exception:  # An array has no single answer: its text has.
        return repr(expected) == repr(actual)


def first(differences):
    return next((found for found in differences if found), None)


def shown_call(positional, named):
    shown = [repr(value) for value in positional] + [f"{name}={value!r}" for name, value in named.items()]
    return f"({', '.join(shown)})"
