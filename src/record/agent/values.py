"""What values are: the types that a profile writes, their sizes. Nothing of the program is called to find out."""

import sys

# As the reader of values outside: so many elements of a container, so deep inside others.
MOST_ELEMENTS = 8
DEEPEST = 3
# Names longer than this are cut off.
LONGEST_NAME = 100

HEAP_TYPE, IMMUTABLE_TYPE = 1 << 9, 1 << 8

_type_name = type.__dict__["__name__"].__get__
_type_module = type.__dict__["__module__"].__get__
_type_flags = type.__dict__["__flags__"].__get__


def _quietly(name):
    """A module that the program does not see because of us."""
    was_there = name in sys.modules
    module = __import__(name)
    if not was_there:
        sys.modules.pop(name, None)
    return module


_itertools = _quietly("itertools")


def _list(texts):
    return "[" + ",".join(texts) + "]"


def _plain(name):
    """A name as a JSON string can hold it."""
    kept = [char if char.isalnum() or char in "_.<>[] " else "?" for char in name[:LONGEST_NAME]]
    return "".join(kept).encode("ascii", "replace").decode("ascii")


def _describe(value, depth):
    """The type as a profile writes it, and the size."""
    kind = type(value)
    if value is None:
        return '"None"', None
    if kind is bool:
        return '"bool"', None
    if kind is int:
        return '"int"', value.bit_length()
    if kind is float:
        return '"float"', None
    if kind is str:
        return '"str"', len(value)
    if kind is bytes:
        return '"bytes"', len(value)
    if depth < DEEPEST:
        if kind is list:
            return '{"list":%s}' % _inside(_spread(value), depth), len(value)
        if kind is tuple and len(value) <= MOST_ELEMENTS:
            types = [_describe(one, depth + 1)[0] for one in value]
            return '{"tuple":%s}' % _list(types), len(value)
        if kind is tuple:
            return '{"long_tuple":%s}' % _inside(_spread(value), depth), len(value)
        if kind is set or kind is frozenset:
            name = "set" if kind is set else "frozenset"
            return '{"%s":%s}' % (name, _inside(_first(value), depth)), len(value)
        if kind is dict:
            keys, values = _inside(_first(value), depth), _inside(_first(value.values()), depth)
            return '{"dict":[%s,%s]}' % (keys, values), len(value)
    return _other(value, kind)


def _other(value, kind):
    """Named as C names it: a type that C made has its module before its name, one that Python made has not."""
    name = _type_name(kind)
    if _type_flags(kind) & (HEAP_TYPE | IMMUTABLE_TYPE) != HEAP_TYPE:
        module = _type_module(kind)
        if module == "numpy" and name == "ndarray":
            return _array(value)
        if type(module) is str and module != "builtins":
            name = module + "." + name
    return '{"other":"%s"}' % _plain(name), None


def _array(value):
    dtype = value.dtype
    names = {"f": "float", "i": "int", "u": "uint", "c": "complex"}
    name = "bool" if dtype.kind == "b" else names.get(dtype.kind)
    if name is None:
        name = "?"
    elif name != "bool":
        name += str(dtype.itemsize * 8)
    return '{"array":{"dtype":"%s","dimensions":%d}}' % (name, value.ndim), value.size


def _inside(values, depth):
    """The types of elements, each once."""
    return _list(sorted({_describe(value, depth + 1)[0] for value in values}))


def _spread(values):
    """Some elements of a sequence, from all over it."""
    count = min(len(values), MOST_ELEMENTS)
    return [values[len(values) * place // count] for place in range(count)]


def _first(values):
    return list(_itertools.islice(values, MOST_ELEMENTS))
