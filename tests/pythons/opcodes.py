"""Prints the instructions of the Python that runs it: `VERSION NAME BYTE…`, sorted by name.

The lines of every version, in order of version, are `src/profile/opcodes.txt`. The bytes behind a
name are the instruction's own and those of the forms that stand for it while the program runs: specialised,
joined with the next one (that of the first), or instrumented.
"""

import dis
import opcode
import sys

# No instruction: padding, and bytes that hide which one stood there.
NONE = {"CACHE", "RESERVED", "ENTER_EXECUTOR", "TRACE_RECORD", "INSTRUMENTED_LINE", "INSTRUMENTED_INSTRUCTION"}
INSTRUMENTED = "INSTRUMENTED_"


def instructions():
    """Every name with its byte, specialised forms too."""
    everything = getattr(dis, "_all_opmap", opcode.opmap)
    return {name: byte for name, byte in everything.items() if byte < 256 and name not in NONE}


def main():
    stands_for = {
        form: name for name, forms in getattr(opcode, "_specializations", {}).items() for form in forms
    }
    table = {}
    for name, byte in instructions().items():
        if name.startswith(INSTRUMENTED):
            name = name[len(INSTRUMENTED):]
        name = stands_for.get(name, name)
        assert name in opcode.opmap, name
        table.setdefault(name, []).append(byte)
    version = "%d.%d" % sys.version_info[:2]
    for name, numbers in sorted(table.items()):
        print(version, name, *sorted(numbers))


main()
