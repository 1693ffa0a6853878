"""The sampling profiler of Python 3.15, made to say when it begins."""

from profiling.sampling import cli
from profiling.sampling.sample import SampleProfiler

sample = SampleProfiler.sample


def begin(*arguments, **options):
    print("it begins", flush=True)
    return sample(*arguments, **options)


SampleProfiler.sample = begin
cli.main()
