"""A thread in the program that sleeps until orders come.

It needs no module that Python has not loaded by then.
"""


class _Watch:
    """A thread that reads orders, and works on them only then.

    It is unknown to `threading`, takes no signals, and is gone while the program forks: to Python it would be one
    thread too many.

    From Python 3.12 on, a profiler is told of the calls in all threads, and takes ours for the program's own: it would end
    the program's calls with ours. So the thread calls nothing when it wakes, until it has seen that nobody monitors. What
    it needs for that are iterators made before, of functions in C: to go round a loop is no call.
    """

    # A program that forks often pays for the thread's end and new beginning this often at most.
    MOST_FORKS = 8
    # Of the numbers of files, that few programs get to.
    LOWEST = 221
    # What can stand in a JSON string as it is; of a name so many characters are told.
    PLAIN = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_.<>[]- "
    LONGEST_NAME = 100
    # `sys.monitoring` has so many tools for programs.
    TOOLS = 6

    def __init__(self, folder, gone=None):
        """`gone` is called when the thread has ended for good."""
        import _thread
        import posix
        import sys
        import time

        self.posix, self.thread, self.modules = posix, _thread, sys.modules
        # As they are now: the program may put something else in their place.
        self.sleep, self.computed = time.sleep, time.thread_time_ns
        self.folder, self.gone = folder, gone
        self.process = posix.getpid()
        self.forks = 0
        self.restart = False
        self.agent = None
        # CPU time that coming in took, in nanoseconds.
        self.spent = 0
        # Released to end the thread.
        self.stop = _thread.allocate_lock()
        self.ended = _thread.allocate_lock()
        self.running = False
        self.has_lock = getattr(sys, "_is_gil_enabled", lambda: True)()
        # Read now: opened later, it might take a number that the program counts on.
        probe = "monitoring" if sys.version_info >= (3, 12) else "rewriting"
        self.texts = [
            self.text(folder, name) for name in ("values", "conduct", "search", "cost", probe, "agent")
        ]

    def text(self, folder, name):
        with open(folder + "/" + name + ".py", encoding="utf-8") as file:
            return file.read()

    def begin(self):
        """Starts the thread."""
        import _signal

        self.open()
        # The thread inherits what is blocked here: a signal that the program waits for must not find it.
        before = _signal.pthread_sigmask(_signal.SIG_BLOCK, _signal.valid_signals())
        try:
            self.thread.start_new_thread(self.watch, ())
        except BaseException:
            self.running = False
            raise
        finally:
            _signal.pthread_sigmask(_signal.SIG_SETMASK, before)

    def open(self):
        """Says that it is there, and makes ready for the thread."""
        posix = self.posix
        orders = posix.open(
            self.folder + "/orders", posix.O_RDONLY | posix.O_NONBLOCK | posix.O_CLOEXEC
        )
        posix.set_blocking(orders, True)
        self.orders = self.out_of_the_way(orders)
        self.reports = self.out_of_the_way(
            posix.open(
                self.folder + "/reports", posix.O_WRONLY | posix.O_APPEND | posix.O_CLOEXEC
            )
        )
        self.report('{"process":%d}' % self.process)
        self.prepare()
        self.stop.acquire(False)
        self.ended.acquire(False)
        self.running = True

    def prepare(self):
        """The iterators by which the thread reads, sees who monitors and tells that, without a call."""
        import sys

        posix = self.posix
        # `iter((5).__int__, None)` is 5 for ever.
        always = lambda number: iter(number.__int__, None)
        read = map(posix.read, always(self.orders[0]), always(1 << 16))
        tools = ()
        monitoring = getattr(sys, "monitoring", None)
        if monitoring is not None:
            names = lambda: [map(monitoring.get_tool, always(tool)) for tool in range(self.TOOLS)]
            types = [map(type, name) for name in names()]
            tools = zip(zip(*names()), zip(*types))
        stats = map(posix.fstat, always(self.reports[0]))
        lines = []
        written = map(posix.write, always(self.reports[0]), map(str.encode, iter(lines)))
        self.ways = read, tools, stats, lines, written

    def out_of_the_way(self, descriptor):
        """The descriptor at a number that the program does not get soon, with what is there."""
        try:
            moved = self.moved(descriptor)
        except OSError:
            moved = None
        if moved is not None:
            self.posix.close(descriptor)
            descriptor = moved
        return descriptor, self.identify(descriptor)

    def moved(self, descriptor):
        fcntl = self.modules.get("fcntl")
        if type(fcntl) is type(self.posix):
            return fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, self.LOWEST)
        # Without it, another thread could take the number first that is free now.
        if self.thread._count() == 0:
            for high in range(255, self.LOWEST - 1, -1):
                if self.identify(high) is None:
                    return self.posix.dup2(descriptor, high, False)

    def identify(self, descriptor):
        try:
            stat = self.posix.fstat(descriptor)
        except OSError:
            return None
        return stat.st_dev, stat.st_ino

    def is_ours(self, opened):
        """A program may close what it did not open, and open something else there."""
        descriptor, identity = opened
        return self.identify(descriptor) == identity

    def watch(self):
        # Those of this thread: where it ends too late for a fork, another one has its own already.
        opened = orders, reports = self.orders, self.reports
        try:
            self.number = self.thread.get_native_id()
            self.listen(orders, reports)
        except Exception as error:
            self.complain(error)
        finally:
            for one in opened:
                try:
                    if self.is_ours(one):
                        self.posix.close(one[0])
                except Exception:
                    pass
            if self.orders is orders:
                self.end_of_thread()

    def listen(self, orders, reports):
        """Follows orders until there are no more. Nothing is called before it is known that nobody monitors."""
        read, tools, stats, lines, written = self.ways
        for order in read:
            if not order or not self.running or self.orders is not orders:
                return
            name = of_type = None
            for names, types in tools:
                place = 0
                for name in names:
                    if name is not None:
                        of_type = types[place]
                        break
                    place += 1
                break
            if name is None:
                self.follow(order)
                if not self.is_wanted(orders) or not self.is_ours(orders):
                    return
                continue
            text = "" if of_type is str else "a tool"
            if of_type is str:
                for char in name[: self.LONGEST_NAME]:
                    text += char if char in self.PLAIN else "?"
            for stat in stats:
                if (stat.st_dev, stat.st_ino) == reports[1]:
                    lines += ['{"trouble":"watched","name":"%s"}\n' % text]
                    for _ in written:
                        break
                break

    def is_wanted(self, orders):
        return self.running and self.orders is orders

    def end_of_thread(self):
        self.running = False
        if not self.restart:
            self.leave()
        try:
            self.ended.release()
        except Exception:
            pass

    def leave(self):
        """Nothing is kept that is not needed any more."""
        self.agent, self.texts, self.ways = None, (), None
        if self.gone is not None:
            self.gone()

    def follow(self, order):
        if self.agent is None:
            # Compiled only when it is needed: a short program does without.
            begun = self.computed()
            names = {"__name__": "<rustbound>"}
            for text in self.texts:
                exec(compile(text, "<rustbound>", "exec"), names)
            self.agent = names["Agent"](self.report, self.stop, self.computed() - begun + self.spent)
        for line in order.decode("ascii").splitlines():
            self.agent.follow(line)

    def report(self, line):
        if self.is_ours(self.reports):
            self.posix.write(self.reports[0], line.encode("ascii", "replace") + b"\n")

    def complain(self, error):
        try:
            kind = type.__dict__["__name__"].__get__(type(error))
            self.report('{"trouble":"error","name":"%s"}' % kind)
        except Exception:
            pass

    def before_fork(self):
        self.restart = False
        if not self.running or self.posix.getpid() != self.process:
            return
        try:
            if self.agent is not None:
                self.agent.cut()
            self.forks += 1
            self.restart = self.forks < self.MOST_FORKS
            if not self.restart:
                self.report('{"trouble":"forks"}')
            self.end()
        except Exception:
            pass

    def end(self):
        posix = self.posix
        self.running = False
        try:
            self.stop.release()
        except RuntimeError:
            pass
        # What it sleeps in returns when something can be read.
        descriptor = posix.open(
            self.folder + "/orders", posix.O_WRONLY | posix.O_NONBLOCK | posix.O_CLOEXEC
        )
        try:
            posix.write(descriptor, b"\n")
        finally:
            posix.close(descriptor)
        self.ended.acquire(True, 0.05)
        # Python counts the kernel's threads: wait until it is gone there too.
        for _ in range(50):
            try:
                posix.stat("/proc/self/task/%d" % self.number)
            except OSError:
                return
            self.sleep(0.0001)

    def after_fork(self):
        if self.restart:
            try:
                self.restart = False
                self.begin()
            except Exception:
                self.leave()
