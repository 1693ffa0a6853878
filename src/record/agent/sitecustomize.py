"""The way into a program: Python imports this at its start, before the program's own `sitecustomize`.

The module puts everything back as it would be without it, and makes way.
"""


def enter(folder):
    names = {"__name__": "<rustbound>", "folder": folder}
    for name in ("watch", "enter"):
        with open(folder + "/" + name + ".py", encoding="utf-8") as file:
            code = compile(file.read(), "<rustbound>", "exec")
        exec(code, names)


enter(__file__.rpartition("/")[0])

# The program's own, if it has one; if not, this is the error that Python expects of a program without.
import sitecustomize
