"""Waits at known points, and tells before which stacks all of its threads have there."""
import asyncio
import json
import sys
import threading
import time

try:
    import greenlet
except ImportError:
    greenlet = None


def tell():
    names = sys.version_info >= (3, 11)
    stacks = []
    for top in sys._current_frames().values():
        frames = []
        frame = top
        while frame:
            code = frame.f_code
            name = code.co_qualname if names else code.co_name
            frames.append([name, code.co_filename, frame.f_lineno, code.co_firstlineno])
            frame = frame.f_back
        if frames[0][0] == "tell":
            del frames[0]
        stacks.append(frames[::-1])
    print(json.dumps(stacks), flush=True)


# Telling and waiting stand in one line, so that the line which is told is the line of the wait.
def point():
    tell(); time.sleep(0.25)


class Shape:
    def __init__(self, inner):
        self.inner = inner
        if inner == 2:
            point()

    async def __aenter__(self):
        await asyncio.sleep(0)
        point()

    async def __aexit__(self, *error):
        point()

    @property
    def area(self):
        return self.measure(3)

    @classmethod
    def unit(cls):
        return cls(2)

    @staticmethod
    def wait():
        (lambda: point())()

    def measure(
        self,
        depth,
    ):
        if depth:
            return self.measure(
                depth - 1
            )
        point()


def numbers():
    for number in range(2):
        if number:
            point()
        yield number


async def coroutine():
    await inner()


async def inner():
    point()


def delegating():
    yield from delegated()


def delegated():
    point()
    yield 1
    point()


async def task(number):
    await asyncio.sleep(0)
    async for step in steps(number):
        await inner()


async def steps(number):
    async with Shape(number):
        point()
        yield number


async def gathering():
    await asyncio.gather(task(3), task(4))


def in_greenlet(other):
    point()
    for number in numbers():
        if number:
            other.switch()
    deep(30)


def in_another(first):
    deep(10)
    first.switch()


def greenlets():
    first = greenlet.greenlet(in_greenlet)
    first.switch(greenlet.greenlet(lambda: in_another(first)))
    point()


def closure():
    word = "é"

    def größe():
        point()
        return word

    return größe


def deep(depth):
    if depth:
        return deep(depth - 1)
    point()


def in_thread(started, end):
    started.set()
    end.wait()


def main():
    started, end = threading.Event(), threading.Event()
    thread = threading.Thread(target=in_thread, args=(started, end), name="waiting")
    thread.start()
    started.wait()
    time.sleep(0.1)
    Shape.unit()
    Shape(1).area
    Shape.wait()
    sum(numbers())
    [point() for _ in range(1)]
    list(map(lambda _: point(), [1]))
    sorted([1, 2], key=lambda number: point() or number)
    try:
        coroutine().send(None)
    except StopIteration:
        pass
    closure()()
    exec(compile("def made():\n\n    point()\nmade()\n", "<made>", "exec"), {"point": point})
    deep(300)
    list(delegating())
    asyncio.run(gathering())
    if greenlet:
        greenlets()
    end.set()
    thread.join()


main()
