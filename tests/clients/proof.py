"""What makes an answer no constant: it is another one after another client changed something."""

import random
import uuid

from tb_rest_client.rest import ApiException

from scene import PATIENCE, eventually


def fresh(what):
    """A name that no earlier run used."""
    return f"{what}-{uuid.uuid4().hex[:10]}"


def number():
    """A value that nobody guesses. It has a fraction, and is the same as text and back."""
    return random.randrange(1_001, 9_000_000, 2) / 8


def changes(ask, change, to):
    """Asks, lets something happen, asks again: the answer was another one and becomes `to`."""
    before = ask()
    assert before != to, f"the answer was {to!r} before anything happened"
    change()
    becomes(ask, to)


def becomes(ask, to):
    """Waits for an answer: what is saved is there at once, what goes over a broker comes a little later."""
    last = []

    def there():
        last[:] = [ask()]
        return last[0] == to

    try:
        eventually("the answer", there)
    except AssertionError:
        raise AssertionError(f"the answer is {last[0]!r} after {PATIENCE} s, and should be {to!r}") from None


def outcome(call):
    """What the package's call gives, or the status it was refused with."""
    try:
        return call()
    except ApiException as refused:
        return refused.status
