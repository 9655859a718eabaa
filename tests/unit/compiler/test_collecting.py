"""The garbage collector rests while a model is made, and is as it was afterwards."""

import gc
import threading

import pytest

from tenon.compiler.collecting import while_making


def test_it_rests_as_long_as_anybody_works() -> None:
    assert gc.isenabled()
    begun, done = threading.Event(), threading.Event()

    def other() -> None:
        with while_making():
            begun.set()
            done.wait(30)

    thread = threading.Thread(target=other)
    with while_making():
        thread.start()
        assert begun.wait(30)
        with while_making():
            assert not gc.isenabled()
    assert not gc.isenabled()
    done.set()
    thread.join()
    assert gc.isenabled()


def test_it_wakes_when_the_work_fails() -> None:
    @while_making()
    def fails() -> None:
        raise LookupError("a model")

    with pytest.raises(LookupError):
        fails()
    assert gc.isenabled()


def test_who_had_it_at_rest_keeps_it_so() -> None:
    gc.disable()
    try:
        with while_making():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
