"""In charge of asking for a password without showing it."""

import sys

import click

from tenon.cli.call import Call
from tenon.texts import say


def read_password(call: Call, *, from_stdin: bool) -> str:
    """One line of standard input, or asked for twice on the terminal."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    prompt = call.words(say("Password", "密码"))
    again = call.words(say("Once more", "再次输入"))
    return str(click.prompt(prompt, hide_input=True, confirmation_prompt=again))
