"""The way into a program that runs: its main thread executes this between two of its own instructions.

It only starts a thread, which does the rest: an exception that a signal's handler raises meanwhile would be lost.
`folder` is given, and `spent` will be: the CPU time that this took.
"""


def _join(names):
    import _thread
    import posix
    import time

    folder = names["folder"]
    process = posix.getpid()
    joined = _thread.allocate_lock()
    joined.acquire()
    watches = []

    def before_fork():
        # Not while the thread has begun and can't be ended yet.
        if posix.getpid() == process and joined.acquire(True, 0.1):
            joined.release()
            for watch in watches:
                watch.before_fork()

    def after_fork():
        for watch in watches:
            watch.after_fork()

    def gone():
        watches.clear()
        names.clear()

    def join():
        try:
            import _signal

            _signal.pthread_sigmask(_signal.SIG_BLOCK, _signal.valid_signals())
            with open(folder + "/watch.py", encoding="utf-8") as file:
                exec(compile(file.read(), "<rustbound>", "exec"), names)
            watch = names["_Watch"](folder, gone)
            watch.spent = time.thread_time_ns() + names.get("spent", 0)
            watch.open()
            watches.append(watch)
        except Exception:
            return gone()
        finally:
            joined.release()
        watch.watch()

    _thread.start_new_thread(join, ())
    # They stay, and do nothing once the thread is gone: Python can't be told to forget them.
    posix.register_at_fork(before=before_fork, after_in_parent=after_fork)


_join(globals())
