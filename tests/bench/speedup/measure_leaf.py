"""Runs a whole program whose leaf is called in a loop, as it is or with something of it in Rust: measure_leaf.py [NAME].

Prints what the program prints, and its CPU seconds from the start of Python on.
"""

import sys
import time

import leaf_in_loop
import speedup_native

for name in sys.argv[1:]:
    setattr(leaf_in_loop, name, getattr(speedup_native, name))
leaf_in_loop.main()
print(time.process_time())
