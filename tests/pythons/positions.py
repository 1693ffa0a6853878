"""Prints the tables of positions of some functions as the Python that runs it compiled them, and what it says
they mean: `VERSION NAME FIRST_LINE TABLE STRETCH…`.

The lines of every version, in order of version, are `src/record/reader/positions/tables.txt`. A table is in
hexadecimal. A stretch is `END=LINE-END_LINE:COLUMN-END_COLUMN` as far as it is known; END is the offset, in
bytes, behind its last instruction.
"""

import dis
import itertools
import sys

SOURCES = {
    "module": "import os\n@staticmethod\n@property\ndef f(): pass\nclass C:\n    x = 1\n",
    "call_over_lines": "def f(g, x):\n    return g(\n        x + 1,\n        [x,\n         x * 2],\n        key=x,\n    )\n",
    "wide_columns": "def f(a):\n    return a +%sa\n" % (" " * 130),
    "long_gap": "def f():\n    a = 1\n%s    return a\n" % ("\n" * 300),
    "long_way_back": "def f(g):\n    return g(\n%s        g)\n" % ("\n" * 300),
    "generator_expression": "x = (y * 2\n     for y in range(9)\n     if y)\n",
    "decorated": "@property\n@staticmethod\ndef f(\n    x,\n):\n    return x\n",
    "with_and_try": "def f(x):\n    try:\n        with x:\n            pass\n    except ValueError as e:\n        return 1\n",
    "loop": "def f(x):\n    while x:\n        for y in x:\n            x -= y\n            if y: break\n",
    "wide_signs": "def f(x):\n    return 'äöü' + x + 'ß'\n",
    "async": "async def f(x):\n    async with x as y:\n        await y(\n            x)\n",
}


def code_of(source):
    """The innermost code object, or the module's where it has several."""
    code = compile(source, "f.py", "exec")
    inner = [it for it in code.co_consts if hasattr(it, "co_code")]
    return inner[0] if len(inner) == 1 else code


def lines_of(code):
    """Pairs of an end and a line, up to 3.10."""
    if hasattr(code, "co_lines"):
        return [(end, line) for start, end, line in code.co_lines() if start < end]
    starts = list(dis.findlinestarts(code))
    ends = [start for start, _ in starts[1:]] + [len(code.co_code)]
    return [(end, line) for end, (_, line) in zip(ends, starts)]


def text_of(line, end_line, column=None, end_column=None):
    """Nothing where there is no line, or line 0, where modules begin."""
    if not line:
        return ""
    lines = "%d-%d" % (line, end_line)
    return lines if None in (column, end_column) else "%s:%d-%d" % (lines, column, end_column)


def stretches_of(code):
    """Pairs of an end and a text."""
    if not hasattr(code, "co_positions"):
        return [(end, text_of(line, line)) for end, line in lines_of(code)]
    end, stretches = 0, []
    for position, units in itertools.groupby(code.co_positions()):
        end += 2 * len(list(units))
        stretches.append((end, text_of(*position)))
    return stretches


def main():
    version = "%d.%d" % sys.version_info[:2]
    for name, source in SOURCES.items():
        code = code_of(source)
        table = code.co_linetable if hasattr(code, "co_linetable") else code.co_lnotab
        stretches = ["%d=%s" % stretch for stretch in stretches_of(code)]
        print(version, name, code.co_firstlineno, table.hex(), *stretches)


main()
