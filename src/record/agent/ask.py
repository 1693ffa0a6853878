# What Python runs in the main thread of a program when it is asked to. It says nothing, whatever happens: what Python
# has to say of such a script would be on the program's stderr.
try:
    import _thread
    import posix
    import sys
    import time

    begun = time.thread_time_ns()
    names = {"__name__": "<rustbound>", "folder": bytes.fromhex("FOLDER").decode("utf-8", "surrogateescape")}
    trouble = None
    others = [sys.gettrace(), sys.getprofile(), *[sys.monitoring.get_tool(tool) for tool in range(6)]]
    if any([other is not None for other in others]):
        # It sees this script too, but not more.
        trouble = b'{"trouble":"watched","name":"a tracer or a profiler"}\n'
    used = (_thread, "start_new_thread"), (_thread, "allocate_lock"), (time, "sleep")
    if any([getattr(module.__dict__[name], "__self__", None) is not module for module, name in used]):
        # With others in their place, what is started would not be a thread.
        trouble = b'{"trouble":"replaced"}\n'
    if posix.getpid() != PROCESS:
        # A child that was forked just then, and was not asked.
        pass
    elif trouble is None:
        exec(compile(bytes.fromhex("JOIN"), "<rustbound>", "exec"), names)
        names["spent"] = time.thread_time_ns() - begun
    else:
        reports = posix.open(names["folder"] + "/reports", posix.O_WRONLY | posix.O_APPEND | posix.O_CLOEXEC)
        posix.write(reports, trouble)
        posix.close(reports)
except Exception:
    pass
