"""Where functions are: found by file, first line and name, in what modules hold and on the stacks."""

import sys

# So many objects are looked at to find the functions, and so many frames.
MOST_VISITED = 20_000
MOST_FRAMES = 1000

_Function = type(lambda: None)
_Code = type((lambda: None).__code__)
_Module = type(sys)
_class_dict = type.__dict__["__dict__"].__get__


class _Search:
    """Finds functions by file, first line and name, in what modules hold."""

    def __init__(self, names):
        self.places = {name: place for place, name in enumerate(names)}
        self.targets = [[] for _ in names]
        self.files = {file for file, _, _ in names}
        self.seen = set()
        self.visited = 0
        functools = sys.modules.get("functools")
        self.cached = functools.__dict__.get("_lru_cache_wrapper") if type(functools) is _Module else None

    def found(self, wants_code):
        """For each name its code objects, or where those are to be changed its functions."""
        self.wants_code = wants_code
        if wants_code:
            self.visit_frames()
        for module in list(sys.modules.values()):
            if type(module) is _Module:
                names = module.__dict__
                file = names.get("__file__")
                if type(file) is str and file in self.files:
                    for value in list(names.values()):
                        self.visit(value, 0)
        return self.targets

    def visit_frames(self):
        for frame in sys._current_frames().values():
            depth = 0
            while frame is not None and depth < MOST_FRAMES:
                self.take(frame.f_code, None)
                frame = frame.f_back
                depth += 1

    def visit(self, value, depth):
        self.visited += 1
        kind = type(value)
        if self.visited > MOST_VISITED or depth > 4 or id(value) in self.seen:
            return
        if kind is _Function:
            self.seen.add(id(value))
            self.take(value.__code__, value)
            for cell in value.__closure__ or ():
                try:
                    inside = cell.cell_contents
                except ValueError:
                    continue
                if type(inside) is _Function:
                    self.visit(inside, depth + 1)
            self.visit(value.__dict__.get("__wrapped__"), depth + 1)
        elif kind is classmethod or kind is staticmethod:
            self.visit(value.__func__, depth + 1)
        elif kind is property:
            for function in (value.fget, value.fset, value.fdel):
                self.visit(function, depth + 1)
        elif kind is self.cached:
            self.visit(value.__wrapped__, depth + 1)
        elif issubclass(kind, type):
            # Its own attributes, not looked up: a metaclass may do anything at that.
            self.seen.add(id(value))
            for inside in list(_class_dict(value).values()):
                self.visit(inside, depth + 1)

    def take(self, code, function):
        if id(code) in self.seen and function is None:
            return
        if function is None or self.wants_code:
            self.seen.add(id(code))
        if code.co_filename in self.files:
            name = code.co_qualname if sys.version_info >= (3, 11) else code.co_name
            place = self.places.get((code.co_filename, code.co_firstlineno, name))
            if place is not None:
                target = code if self.wants_code else function
                if target is not None and not any(one is target for one in self.targets[place]):
                    self.targets[place].append(target)
            if self.wants_code:
                for constant in code.co_consts:
                    if type(constant) is _Code:
                        self.take(constant, None)
