# Runs with -I -S: nothing is imported but the standard library and the crate, which lies in the folder that is named.
#
# Prints the nanoseconds of processor time that each call took, round by round, as JSON. All figures take turns in each round, so that
# what slows the machine down for a while slows down some rounds of all, and not all rounds of some.
import json
import sys
import time
from array import array
from timeit import Timer

sys.path.insert(0, sys.argv[1])
import rustbound_calibration as rust

SECONDS = 15
FEWEST_ROUNDS, MOST_ROUNDS = 5, 40
# Each measurement takes at least so long: a thousand ticks of the clock, and short enough to fall between interrupts.
TURN = 0.001
CALLBACKS = 1000


class Point:
    def __init__(self, x, y, z):
        self.x = x
        self.y = y
        self.z = z


def nothing():
    pass


def same(value):
    return value


def timer(statement, **names):
    """A statement with names that are local, as they are in a program's function."""
    setup = ";".join("%s=_%s" % (name, name) for name in names) or "pass"
    # Time on the processor: that others have it meanwhile says nothing of the call.
    return Timer(statement, setup, time.thread_time, {"_" + name: value for name, value in names.items()})


def call(function, *arguments):
    names = {"abc"[place]: argument for place, argument in enumerate(arguments)}
    return timer("f(%s)" % ",".join(names), f=function, **names)


def bulk(length):
    """What is converted: by name what is measured, and for some what that does besides."""
    floats = [index + 0.5 for index in range(length)]
    ints = [10**6 + index for index in range(length)]
    strings = ["some text %d" % index for index in range(length)]
    points = [Point(1.5, 2.5, 3.5) for _ in range(length)]
    calls = {
        "floats_in": (floats,),
        "ints_in": (ints,),
        "strings_in": (strings,),
        "strings_copied_in": (strings,),
        "objects_in": (strings,),
        "instances_in": (points,),
        "int_dict_in": (dict(zip(ints, ints)),),
        "strings_borrowed": (strings,),
        "dict_borrowed": (dict(zip(strings, ints)),),
        "items_set": (list(floats),),
        "text_borrowed": ("a" * length,),
        "bytes_borrowed": (b"a" * length,),
        "buffer_in": (array("d", floats),),
    }
    names = "floats ints small_ints bools strings int_dict text bytes".split()
    calls.update({name + "_out": (length,) for name in names})
    return {name: call(getattr(rust, name), *arguments) for name, arguments in calls.items()}


LENGTHS = (100, 10000)
MADE = {"strings_out": rust.strings_made, "int_dict_out": rust.int_dict_made}

single = {
    "call": call(rust.empty),
    "object": call(rust.object, Point),
    "float": call(rust.float, 1.5),
    "three_floats": call(rust.three_floats, 1.5, 2.5, 3.5),
    "small_int": call(rust.int, 5),
    "large_int": call(rust.int, 10**12),
    "bool": call(rust.boolean, True),
    "tuple_in": call(rust.tuple_in, (1.5, 2.5, 3.5)),
    "tuple_out": call(rust.tuple_out),
    "method": timer("o.noop()", o=rust.Plain()),
    "frozen_method": timer("o.noop()", o=rust.Frozen()),
    "callback": call(rust.callbacks, nothing, CALLBACKS),
    "callback_float": call(rust.callbacks_float, same, CALLBACKS),
    "new_object": call(Point, 1.5, 2.5, 3.5),
}
timers = {("", name): it for name, it in single.items()}
timers["", "loop"] = timer("pass")
for length in LENGTHS:
    timers.update({(length, name): it for name, it in bulk(length).items()})
    timers.update({(length, "made " + name): call(made, length) for name, made in MADE.items()})


def repeats(it):
    """So many repeats fill a turn. Trying it out also warms it up."""
    count = 1
    while it.timeit(count) < TURN:
        count *= 2
    return count


def encoded(length):
    """A string beyond ASCII is encoded the first time, so each is new; in nanoseconds for one."""
    count = 20000 // length
    strings = [chr(0xC0 + index % 32) * (length - 1) + "a" for index in range(count)]
    return timer("for s in t: f(s)", f=rust.text_borrowed, t=strings).timeit(1) / count * 1e9


def measured(counts):
    """A round: nanoseconds of each call, without the loop around it."""
    took = {key: it.timeit(counts[key]) / counts[key] * 1e9 for key, it in timers.items()}
    loop = took.pop(("", "loop"))
    took = {key: nanoseconds - loop for key, nanoseconds in took.items()}
    empty = took["", "call"]
    for name in ("callback", "callback_float"):
        took["", name] = (took["", name] - empty) / CALLBACKS
    for length in LENGTHS:
        for name in MADE:
            took[length, name] -= took.pop((length, "made " + name)) - empty
        took[length, "text_encoded"] = encoded(length)
    return took


counts = {key: repeats(it) for key, it in timers.items()}
rounds = []
began = time.monotonic()
while len(rounds) < FEWEST_ROUNDS or (len(rounds) < MOST_ROUNDS and time.monotonic() - began < SECONDS):
    rounds.append(measured(counts))

figures = {}
for length, name in rounds[0]:
    of_name = [took[length, name] for took in rounds]
    figures.setdefault(name, []).append(of_name)
json.dump({"lengths": LENGTHS, "rounds": figures}, sys.stdout)
