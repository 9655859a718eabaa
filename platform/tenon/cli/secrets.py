"""In charge of asking for passwords and passphrases without showing them."""

import sys
from pathlib import Path

import click

from tenon.cli.call import Call
from tenon.settings import Settings
from tenon.texts import say
from tenon.workspace.backups.passphrases import passphrase_of

PASSPHRASE_FILE = click.option(
    "--passphrase-file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Text file whose first line is the passphrase; else the settings say it, else it is asked for.",
)


def read_password(call: Call, *, from_stdin: bool) -> str:
    """One line of standard input, or asked for twice on the terminal."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    prompt = call.words(say("Password", "密码"))
    again = call.words(say("Once more", "再次输入"))
    return str(click.prompt(prompt, hide_input=True, confirmation_prompt=again))


def passphrase(call: Call, file: Path | None, *, twice: bool = False, settings: Settings | None = None) -> str:
    """Of a backup: from the file, else as the settings say, else asked for."""
    found = passphrase_of(settings or call.settings, call.folder, file)
    if found:
        return found
    prompt = call.words(say("Passphrase of the backup", "备份口令"))
    again: bool | str = call.words(say("Once more", "再次输入")) if twice else False
    return str(click.prompt(prompt, hide_input=True, confirmation_prompt=again, err=True))
