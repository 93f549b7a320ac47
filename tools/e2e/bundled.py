"""The target of the bundled mock, for tests that start a mock of their own in its place."""

import pathlib

import yaml

TARGET = pathlib.Path(__file__).resolve().parent.parent.parent / "conformance" / "targets" / "mock.yaml"
OF_SERVE = ("--listen", "127.0.0.1:0", "--exit-with-parent")  # what Programs.serve() says itself


def target_and_arguments():
    """The target without what starts it, and the arguments of a mock of which it is true."""
    target = yaml.safe_load(TARGET.read_text())
    return target, [word for word in target.pop("start")["arguments"] if word not in OF_SERVE]
