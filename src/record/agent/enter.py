"""Puts the program's environment back as it would be without us, and leaves a thread asleep that waits for orders.

It needs no module that Python has not loaded by then. `folder` is given: where all our files are.
"""


def _enter(folder):
    import os
    import sys

    while folder in sys.path:
        sys.path.remove(folder)
    sys.path_importer_cache.pop(folder, None)
    sys.modules.pop("sitecustomize", None)
    try:
        with open(folder + "/path", "rb") as file:
            os.environb[b"PYTHONPATH"] = file.read()
    except FileNotFoundError:
        os.environb.pop(b"PYTHONPATH", None)
    try:
        _Watch(folder)
    except Exception:
        pass


class _Watch:
    """A thread that reads orders, and works on them only then.

    It is unknown to `threading`, takes no signals, and is gone while the program forks: to Python it would be one
    thread too many.
    """

    # A program that forks often pays for the thread's end and new beginning this often at most.
    MOST_FORKS = 8

    def __init__(self, folder):
        import _thread
        import posix
        import sys
        import time

        if not getattr(sys, "_is_gil_enabled", lambda: True)():
            return
        self.posix, self.thread = posix, _thread
        # As they are now: the program may put something else in their place.
        self.sleep, self.computed = time.sleep, time.thread_time_ns
        self.folder = folder
        self.process = posix.getpid()
        self.forks = 0
        self.agent = None
        # Released to end the thread.
        self.stop = _thread.allocate_lock()
        self.ended = _thread.allocate_lock()
        self.running = False
        self.report('{"process":%d}' % self.process)
        posix.register_at_fork(before=self.before_fork, after_in_parent=self.after_fork)
        self.begin()

    def begin(self):
        import _signal

        posix = self.posix
        descriptor = posix.open(
            self.folder + "/orders", posix.O_RDONLY | posix.O_NONBLOCK | posix.O_CLOEXEC
        )
        posix.set_blocking(descriptor, True)
        self.descriptor = self.out_of_the_way(descriptor)
        self.identity = self.identify(self.descriptor)
        self.stop.acquire(False)
        self.ended.acquire(False)
        self.running = True
        # The thread inherits what is blocked here: a signal that the program waits for must not find it.
        before = _signal.pthread_sigmask(_signal.SIG_BLOCK, _signal.valid_signals())
        try:
            self.thread.start_new_thread(self.watch, ())
        except BaseException:
            self.running = False
            raise
        finally:
            _signal.pthread_sigmask(_signal.SIG_SETMASK, before)

    def out_of_the_way(self, descriptor):
        """The program gets the numbers that it would get without us."""
        posix = self.posix
        for high in range(255, 220, -1):
            try:
                posix.fstat(high)
            except OSError:
                try:
                    posix.dup2(descriptor, high, False)
                except OSError:
                    return descriptor
                posix.close(descriptor)
                return high
        return descriptor

    def identify(self, descriptor):
        try:
            stat = self.posix.fstat(descriptor)
        except OSError:
            return None
        return stat.st_dev, stat.st_ino

    def is_ours(self):
        """A program may close what it did not open, and open something else there."""
        return self.identify(self.descriptor) == self.identity

    def watch(self):
        try:
            self.number = self.thread.get_native_id()
            while self.is_ours():
                order = self.posix.read(self.descriptor, 1 << 16)
                if not order or not self.running:
                    break
                self.follow(order)
        except Exception as error:
            self.complain(error)
        finally:
            try:
                if self.is_ours():
                    self.posix.close(self.descriptor)
            except Exception:
                pass
            self.running = False
            try:
                self.ended.release()
            except Exception:
                pass

    def follow(self, order):
        if self.agent is None:
            # Compiled only when it is needed: a short program does without.
            begun = self.computed()
            with open(self.folder + "/agent.py", encoding="utf-8") as file:
                code = compile(file.read(), "<rustbound>", "exec")
            names = {"__name__": "<rustbound>"}
            exec(code, names)
            self.agent = names["Agent"](self.report, self.stop, self.computed() - begun)
        for line in order.decode("ascii").splitlines():
            self.agent.follow(line)

    def report(self, line):
        posix = self.posix
        descriptor = posix.open(
            self.folder + "/reports", posix.O_WRONLY | posix.O_APPEND | posix.O_CLOEXEC
        )
        try:
            posix.write(descriptor, line.encode("ascii", "replace") + b"\n")
        finally:
            posix.close(descriptor)

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
            self.end()
            self.forks += 1
            self.restart = self.forks < self.MOST_FORKS
            if not self.restart:
                self.report('{"trouble":"forks"}')
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
                self.report('{"process":%d}' % self.process)
            except Exception:
                pass


_enter(folder)
